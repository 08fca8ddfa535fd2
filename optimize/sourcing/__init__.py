"""From whom to buy, who drives and who repairs for us: splits over outside parties by integer programming."""
