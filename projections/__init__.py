"""What people see: pure folds from facts to rows; one file, one question."""
