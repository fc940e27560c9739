"""The sandbox held against the vendor's document, by tools that know neither."""
