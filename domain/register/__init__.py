"""The rules in force: units, categories, clocks, calendar; adopted by facts."""
