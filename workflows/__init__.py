"""What takes days: Temporal workflows that wait, remind and deliver."""
