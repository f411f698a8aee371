"""Pure judgement of a plan: findings, from limits that carry their sources."""
