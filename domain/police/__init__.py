"""What only the police know about a case: notes, tactics, and copies they share."""
