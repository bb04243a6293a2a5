"""Long range: two problems of growing distance, and the runs on them."""
