"""One file per command that can be asked of a finding."""
