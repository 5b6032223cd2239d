#!/bin/sh
# Runs once, when the cluster is made: Temporal gets databases and a role of its own, with a cap on its connections.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$TEMPORAL_DATABASE_PASSWORD" --username=postgres --dbname=postgres <<'SQL'
create role temporal login password :'password' connection limit 60;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database temporal, temporal_visibility from public;
SQL
