// `payweir serve`, `payweir migrate`.
#include <cstdio>

#include "app/commands.hpp"
#include "app/demo_merchant.hpp"
#include "app/json_log.hpp"
#include "app/node.hpp"
#include "app/process.hpp"
#include "app/sandbox_host.hpp"
#include "net/spawn.hpp"
#include "store/migrations/all.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace payweir::app {
namespace {

// The admin key of a sandbox that was given none, as Hyperswitch's own default.
constexpr std::string_view kSandboxAdminKey = "test_admin";

Result<Config> configure(const ServeOptions& options) {
  Result<Config> config = load_config(options.config_file, read_environment());
  if (!config) return config;
  if (!options.listen.empty()) config->listen = options.listen;
  if (!options.data_dir.empty()) config->data_dir = options.data_dir;
  config->sandbox = options.sandbox;
  if (config->sandbox && config->admin_api_key.empty())
    config->admin_api_key = Secret(std::string(kSandboxAdminKey));
  if (Result<void> checked = check_config(*config); !checked) return fail(std::move(checked.error()));
  return config;
}

void warn_about(const Config& config, const Node& node, Log& log) {
  if (node.made_master_key())
    log.write(
        LogLevel::warning, "keys.master_key_made",
        {{"hint", std::string_view(
                      "fine for trying out; keep it away from the data, and a copy of it, in earnest")}});
  for (const std::string& warning : config.warnings)
    log.write(LogLevel::warning, "config.passed_over", {{"what", std::string_view(warning)}});
  if (config.admin_api_key.empty())
    log.write(LogLevel::warning, "admin.shut",
              {{"hint", std::string_view("set PAYWEIR__ADMIN__API_KEY to use the admin routes")}});
}

void welcome(const Config& config, const DemoMerchant& merchant, std::uint16_t port) {
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  std::fprintf(
      stderr,
      "\n"
      "  Payweir takes payments on %s, against a sandbox gateway.\n"
      "\n"
      "  merchant       %s\n"
      "  API key        %s\n"
      "  admin API key  %.*s\n"
      "  data           %s\n"
      "\n"
      "  Take a payment:\n"
      "\n"
      "    curl %s/payments -H 'api-key: %s' -H 'content-type: application/json' -d '{\n"
      "      \"amount\": 6540, \"currency\": \"USD\", \"confirm\": true,\n"
      "      \"payment_method\": \"card\", \"payment_method_data\": {\"card\": {\n"
      "        \"card_number\": \"4242424242424242\", \"card_exp_month\": \"10\", \"card_exp_year\": "
      "\"2030\",\n"
      "        \"card_holder_name\": \"Ada Lovelace\", \"card_cvc\": \"123\"}}}'\n"
      "\n"
      "  It answers with \"status\": \"succeeded\". With card 4000000000009995 it is declined, with\n"
      "  4000000000003063 the payer is asked first. README.md goes on from here; Ctrl-C stops.\n"
      "\n",
      url.c_str(), merchant.merchant_id.c_str(), std::string(merchant.api_key.reveal()).c_str(),
      static_cast<int>(config.admin_api_key.size()), config.admin_api_key.reveal().data(),
      config.data_dir.c_str(), url.c_str(), std::string(merchant.api_key.reveal()).c_str());
}

}  // namespace

int run_serve(const ServeOptions& options) {
  prepare_process();
  Result<Config> config = configure(options);
  if (!config) {
    tell_error(config.error());
    return 1;
  }
  JsonLog log(config->log_level);
  net::set_failure_sink([&log](std::string_view name, std::string_view what) {
    log.write(LogLevel::error, "task.failed", {{"task", name}, {"what", what}});
  });
  std::unique_ptr<SandboxHost> sandbox;
  if (config->sandbox) {
    Result<std::unique_ptr<SandboxHost>> started = SandboxHost::start("127.0.0.1:0");
    if (!started) {
      tell_error(started.error());
      return 1;
    }
    sandbox = std::move(*started);
    use_sandbox(*config, sandbox->url());
  }
  Result<std::unique_ptr<Node>> node =
      Node::start(*config, log, options.review ? NodeMode::reviewing : NodeMode::serving);
  if (!node) {
    tell_error(node.error());
    return 1;
  }
  warn_about(*config, **node, log);
  if (config->sandbox) {
    Result<DemoMerchant> merchant = ensure_demo_merchant(**node, *config);
    if (!merchant) {
      tell_error(merchant.error());
      return 1;
    }
    if (!options.quiet) welcome(*config, *merchant, (*node)->port());
  }
  log.write(LogLevel::info, "serve.started",
            {{"port", std::int64_t{(*node)->port()}}, {"data", config->data_dir}});
  wait_for_stop();
  log.write(LogLevel::info, "serve.draining", {});
  (*node)->drain();
  log.write(LogLevel::info, "serve.stopped", {});
  return 0;
}

int run_migrate(const MigrateOptions& options) {
  prepare_process();
  Result<Config> config = load_config(options.config_file, read_environment());
  if (!config) {
    tell_error(config.error());
    return 1;
  }
  store::sqlite::SqliteOptions sqlite;
  sqlite.directory = options.data_dir.empty() ? config->data_dir : options.data_dir;
  const std::string directory = sqlite.directory;
  Result<std::unique_ptr<store::sqlite::SqliteStore>> store =
      store::sqlite::SqliteStore::open(std::move(sqlite));
  if (!store) {
    tell_error(store.error());
    return 1;
  }
  std::printf("payweir: %s is at schema %zu\n", directory.c_str(), store::migrations::kAll.size());
  return 0;
}

}  // namespace payweir::app
