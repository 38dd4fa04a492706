"""The laptop's servers: embedded PostgreSQL and Valkey under var/, and the supervisor behind `make demo`."""
