"""Files of other formats: each module reads one format into neutral records, some write it as well."""
