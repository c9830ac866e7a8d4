"""The whole: settings, addresses, the API that mounts each shelf's own; nothing else."""
