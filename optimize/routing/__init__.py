"""Delivery routes of one distribution centre for one day: plain arrays in, a checked plan out."""
