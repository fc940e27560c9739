"""Order lines as values: their amounts, and their parts."""
