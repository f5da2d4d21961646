#pragma once
// The sub-commands of the binary, one function each. They write for people to standard error and results
// to standard output; 0 is success, 1 a failure that was told, 2 wrong usage.
#include <cstdint>
#include <string>

namespace payweir::app {

struct ServeOptions {
  std::string listen, data_dir, config_file;  // "": as configured
  bool sandbox = false;
  bool quiet = false;
  bool review = false;
};
struct BackupOptions {
  std::string to, data_dir, config_file;
};
struct RestoreOptions {
  std::string from, data_dir, config_file;
  bool replace = false;
};
struct VerifyOptions {
  std::string file, data_dir, config_file;  // file "": the data directory's
};
struct MigrateOptions {
  std::string data_dir, config_file;
};
struct SandboxOptions {
  std::string listen;
};
struct DemoOptions {
  bool fast = false;
};
struct KeyCreateOptions {
  std::string merchant_id, name, data_dir, config_file;
};
struct StatementReadOptions {
  std::string connector, file;
  std::string sha1;  // as the gateway announced it; "": not compared
  bool summary = false;
};
struct StatementFetchOptions {
  std::string merchant_id, merchant_connector_id, date, to, data_dir, config_file;
  std::int64_t mebibytes_max = 4096;
};
struct ConfigCheckOptions {
  std::string config_file;
  bool list = false;
};

[[nodiscard]] int run_serve(const ServeOptions& options);
[[nodiscard]] int run_backup(const BackupOptions& options);
[[nodiscard]] int run_restore(const RestoreOptions& options);
[[nodiscard]] int run_verify(const VerifyOptions& options);
[[nodiscard]] int run_migrate(const MigrateOptions& options);
[[nodiscard]] int run_sandbox(const SandboxOptions& options);
[[nodiscard]] int run_demo(const DemoOptions& options);
[[nodiscard]] int run_key_create(const KeyCreateOptions& options);
[[nodiscard]] int run_statement_read(const StatementReadOptions& options);
// 3 when there is no statement of that day, 4 when there is none yet.
[[nodiscard]] int run_statement_fetch(const StatementFetchOptions& options);
[[nodiscard]] int run_config_check(const ConfigCheckOptions& options);
[[nodiscard]] int run_version();

}  // namespace payweir::app
