"""Tours of trucks and technicians under rich rules: plain arrays in, a searched and checked plan out."""
