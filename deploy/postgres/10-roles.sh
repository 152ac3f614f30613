#!/bin/sh
# Run once by the PostgreSQL image, when its volume is empty: roles and databases.
# psql reads the passwords from the secrets itself, so that no process list shows them.
set -eu

psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\set owner `cat /run/secrets/owner_password`
\set app `cat /run/secrets/app_password`
\set temporal `cat /run/secrets/temporal_password`
CREATE ROLE gadelys_owner LOGIN PASSWORD :'owner';
CREATE ROLE gadelys_app LOGIN PASSWORD :'app';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE gadelys OWNER gadelys_owner ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE gadelys, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT ON DATABASE gadelys TO gadelys_app;
SQL
