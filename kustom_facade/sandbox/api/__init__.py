"""What the vendor's API does with a request, without any HTTP library."""
