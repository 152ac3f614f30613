"""One finding: reported → assigned → fixed → verified."""
