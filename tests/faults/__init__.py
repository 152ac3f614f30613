"""What is needed to hurt the follow-up on purpose and to see what came of it."""
