"""What proves to others that a list only grew: pure, bytes in and bytes out."""
