-- The sweeper looks for snoozed conversations whose time has come: a run that owns one hears the bells, and sets no clock.
create index conversations_snoozed on conversations (snoozed_until) where state = 'snoozed';
