-- What strangers answered to a webhook may name the contact it was about, and goes with them.
grant delete on webhook_attempts to holdfast_app;
