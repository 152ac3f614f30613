"""What other programs work with: JSON in, JSON out, under `/api/v1`."""
