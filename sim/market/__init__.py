"""What customers want, when, and at which price: rates and prices as arrays over stores, days and SKUs."""
