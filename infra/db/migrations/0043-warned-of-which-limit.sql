-- Of which limit people were told, so that a limit that was raised warns anew when it is reached. Null: told before this was kept.
alter table quota_warnings add column of_limit bigint;
