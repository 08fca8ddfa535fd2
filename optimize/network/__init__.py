"""Where sites stand and whom they serve: p-median, p-centre, covers, fixed charge, greenfield, expansion."""
