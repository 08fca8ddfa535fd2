"""Service agents outside the company."""
