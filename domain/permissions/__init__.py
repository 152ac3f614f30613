"""Who may do what: one table, who has which role, and how somebody stands to a case."""
