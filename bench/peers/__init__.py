"""Models of the same store inventory problem in other tools, measured beside ours in one run."""
