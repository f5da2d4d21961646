// payweir: one binary, its sub-commands.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "app/commands.hpp"

int main(int argc, char** argv) {
  using namespace payweir::app;
  CLI::App app{"payweir: a self-hosted payment switch"};
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every command");

  ServeOptions serve;
  CLI::App* serve_command = app.add_subcommand("serve", "Run the switch");
  serve_command->add_option("--listen", serve.listen, "Address and port of the API (default 127.0.0.1:8080)");
  serve_command->add_option("--data", serve.data_dir, "Directory of the database (default ./payweir-data)");
  serve_command->add_option("--config", serve.config_file, "TOML file; see docs/configuration.md");
  serve_command->add_flag("--sandbox", serve.sandbox,
                          "Start a sandbox gateway and a demo merchant beside the switch (loopback only)");
  serve_command->add_flag("--quiet", serve.quiet, "No welcome on standard error");

  serve_command->add_flag("--review", serve.review,
                          "Ask about all that is open before anything is sent, as after a restore");

  BackupOptions backup;
  CLI::App* backup_command =
      app.add_subcommand("backup", "Copy the database into one file; the switch may be running");
  backup_command->add_option("--to", backup.to, "The new file")->required();
  backup_command->add_option("--data", backup.data_dir, "Directory of the database (default ./payweir-data)");
  backup_command->add_option("--config", backup.config_file, "TOML file");

  RestoreOptions restore;
  CLI::App* restore_command = app.add_subcommand(
      "restore", "Make a data directory's database from a backup; the switch must not be running");
  restore_command->add_option("--from", restore.from, "The backup")->required();
  restore_command->add_option("--data", restore.data_dir,
                              "Directory of the database (default ./payweir-data)");
  restore_command->add_option("--config", restore.config_file, "TOML file");
  restore_command->add_flag("--replace", restore.replace, "Set a database that is there aside first");

  VerifyOptions verify;
  CLI::App* verify_command = app.add_subcommand(
      "verify", "Say whether a database or a backup is whole and its books agree; the switch may be running");
  verify_command->add_option("file", verify.file, "A backup (default: the database of the data directory)");
  verify_command->add_option("--data", verify.data_dir, "Directory of the database (default ./payweir-data)");
  verify_command->add_option("--config", verify.config_file, "TOML file");

  MigrateOptions migrate;
  CLI::App* migrate_command =
      app.add_subcommand("migrate", "Bring the database to this binary's schema, then exit");
  migrate_command->add_option("--data", migrate.data_dir,
                              "Directory of the database (default ./payweir-data)");
  migrate_command->add_option("--config", migrate.config_file, "TOML file");

  SandboxOptions sandbox;
  CLI::App* sandbox_command = app.add_subcommand("sandbox", "Run the model gateways to test against");
  sandbox_command->add_option("--listen", sandbox.listen, "Address and port")->default_val("127.0.0.1:9090");

  DemoOptions demo;
  CLI::App* demo_command =
      app.add_subcommand("demo", "A story of payments, told step by step in the terminal");
  demo_command->add_flag("--fast", demo.fast, "Without pauses for reading");

  CLI::App* key_command = app.add_subcommand("key", "API keys");
  key_command->require_subcommand(1);
  KeyCreateOptions key;
  CLI::App* key_create = key_command->add_subcommand(
      "create", "Make an API key in the data directory of a switch that is not running");
  key_create->add_option("--merchant", key.merchant_id, "The merchant's id; made if there is none of it")
      ->required();
  key_create->add_option("--name", key.name, "Name of the key")->default_val("command line");
  key_create->add_option("--data", key.data_dir, "Directory of the database (default ./payweir-data)");
  key_create->add_option("--config", key.config_file, "TOML file");

  CLI::App* statement_command = app.add_subcommand("statement", "Statements of gateways");
  statement_command->require_subcommand(1);
  StatementReadOptions statement;
  CLI::App* statement_read = statement_command->add_subcommand(
      "read", "Print a gateway's file as JSON, a line each; an error names the row");
  statement_read->add_option("file", statement.file, "The file as the gateway gave it")->required();
  statement_read->add_option("--connector", statement.connector, "alipay or wechatpay")->required();
  statement_read->add_option("--sha1", statement.sha1, "What WeChat Pay announced as the file's hash_value");
  statement_read->add_flag("--summary", statement.summary, "Print only what the file states at its end");

  StatementFetchOptions fetch;
  CLI::App* statement_fetch = statement_command->add_subcommand(
      "fetch", "Fetch the statement of a day from the gateway; the switch may be running");
  statement_fetch->add_option("--merchant", fetch.merchant_id, "The merchant's id")->required();
  statement_fetch->add_option("--account", fetch.merchant_connector_id, "The merchant_connector_id, mca_…")
      ->required();
  statement_fetch->add_option("--date", fetch.date, "The day, such as 2026-01-15, by Beijing's clock")
      ->required();
  statement_fetch->add_option("--to", fetch.to, "The new file, there when it is whole")->required();
  statement_fetch->add_option("--max-mib", fetch.mebibytes_max, "The largest file to take, MiB")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20))
      ->capture_default_str();
  statement_fetch->add_option("--data", fetch.data_dir, "Directory of the database (default ./payweir-data)");
  statement_fetch->add_option("--config", fetch.config_file, "TOML file");

  CLI::App* config_command = app.add_subcommand("config", "Configuration");
  config_command->require_subcommand(1);
  ConfigCheckOptions config;
  CLI::App* config_check = config_command->add_subcommand(
      "check", "Say whether a configuration is right, and show what it comes to");
  config_check->add_option("--config", config.config_file, "TOML file");
  config_check->add_flag("--list", config.list, "Show every key with its meaning instead");

  CLI::App* version_command = app.add_subcommand("version", "Say which version this is");

  CLI11_PARSE(app, argc, argv);
  if (*serve_command) return run_serve(serve);
  if (*backup_command) return run_backup(backup);
  if (*restore_command) return run_restore(restore);
  if (*verify_command) return run_verify(verify);
  if (*migrate_command) return run_migrate(migrate);
  if (*sandbox_command) return run_sandbox(sandbox);
  if (*demo_command) return run_demo(demo);
  if (*key_create) return run_key_create(key);
  if (*statement_read) return run_statement_read(statement);
  if (*statement_fetch) return run_statement_fetch(fetch);
  if (*config_check) return run_config_check(config);
  if (*version_command) return run_version();
  return 2;
}
