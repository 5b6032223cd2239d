-- CH-17: taps are counted by the button, over weeks, among all the other messages.
create index messages_taps on messages (tenant_id, id) where kind = 'tap';
