"""The installed base: what customers keep, how it fails, and the requests that come of it."""
