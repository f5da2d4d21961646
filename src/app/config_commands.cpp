// `payweir config check` and `payweir version`.
#include <sqlite3.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/config.hpp"

namespace payweir::app {

int run_config_check(const ConfigCheckOptions& options) {
  if (options.list) {
    std::fputs(describe_options().c_str(), stdout);
    return 0;
  }
  Result<Config> config = load_config(options.config_file, read_environment());
  Result<void> checked = config ? check_config(*config) : fail(config.error());
  if (!checked) {
    std::fprintf(stderr, "payweir: %s\n", checked.error().detail.c_str());
    return 1;
  }
  for (const std::string& warning : config->warnings)
    std::fprintf(stderr, "payweir: warning: %s\n", warning.c_str());
  std::fputs(describe(*config).c_str(), stdout);
  return 0;
}

int run_version() {
  std::printf("payweir %s (SQLite %s)\n", PAYWEIR_VERSION, sqlite3_libversion());
  return 0;
}

}  // namespace payweir::app
