-- The database, and a login that owns it, as often as it is run. Passed to sqlcmd with MSSQL_PASSWORD in its environment.
IF DB_ID('pendo') IS NULL
	CREATE DATABASE pendo;
GO
-- Readers then wait for no writer. It ends what is connected, so it is done once.
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = 'pendo' AND is_read_committed_snapshot_on = 0)
	ALTER DATABASE pendo SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
GO
-- An export then sees one moment of all tables.
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = 'pendo' AND snapshot_isolation_state = 0)
	ALTER DATABASE pendo SET ALLOW_SNAPSHOT_ISOLATION ON;
GO
IF SUSER_ID('pendo') IS NULL
	CREATE LOGIN pendo WITH PASSWORD = '$(MSSQL_PASSWORD)', DEFAULT_DATABASE = pendo;
GO
USE pendo;
IF USER_ID('pendo') IS NULL
	CREATE USER pendo FOR LOGIN pendo;
ALTER ROLE db_owner ADD MEMBER pendo;
GO
