"""The rules of a finding, one file per question."""
