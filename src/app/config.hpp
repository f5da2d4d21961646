#pragma once
// Configuration: one table of options, filled from a TOML file, then from the environment
// (PAYWEIR__SECTION__KEY), then from the command line. What is wrong stops the start with file, line, key
// and what was expected.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "domain/routing/compiled_program.hpp"
#include "flows/settings.hpp"

namespace payweir::app {

struct Config {
  std::string listen = "127.0.0.1:8080";
  std::string public_url;  // "" = http://<listen>
  std::string trusted_proxies;
  std::int64_t io_threads = 0;  // 0 = one fewer than cores, at least one
  std::string data_dir = "payweir-data";
  Secret admin_api_key;
  Secret operators;
  std::int64_t four_eyes_above_minor = 100'000;
  std::int64_t breaker_failures = 5;
  std::int64_t attempts_max = 3;
  std::int64_t payments_in_flight = 1'000;
  std::int64_t resolve_within_s = 172'800;
  std::string master_key_file;  // "" = DIR/master.key, on loopback only
  std::string alipay_base_url = "https://openapi.alipay.com";
  std::string stripe_base_url = "https://api.stripe.com";
  std::string wechatpay_base_url = "https://api.mch.weixin.qq.com";
  std::string wechatpay_open_url = "https://open.weixin.qq.com";
  std::string wechatpay_api_url = "https://api.weixin.qq.com";
  std::int64_t gateway_timeout_ms = 30'000;
  std::int64_t first_timeout_ms = 3'000;
  std::int64_t later_timeout_ms = 5'000;
  std::int64_t connections_per_host = 512;
  std::int64_t connection_wait_ms = 1'000;
  std::int64_t send_window_ms = 20'000;
  std::int64_t callback_tolerance_s = 300;
  std::int64_t session_expiry_s = 900;
  std::int64_t routing_set_back_below_percent = 98;
  bool webhooks_allow_private = false;
  std::int64_t rate_limit_per_key = 50'000;
  std::int64_t rate_limit_per_address = 100'000;
  std::int64_t failed_auth_per_address_per_minute = 60;
  std::int64_t page_requests_per_payment_per_minute = 300;
  std::int64_t commit_queue_max = 10'000;
  std::int64_t commit_batch_max = 256;
  std::string log_level = "info";
  bool log_requests = true;
  std::string tls_ca_file;  // authorities for calls to gateways, "" = the system's

  // [[routing.rules]], of the file only.
  std::shared_ptr<const routing::CompiledProgram> routing_rules;  // null: there are none
  std::vector<std::string> routing_rule_names;
  std::vector<std::string> warnings;  // about what is passed over

  bool sandbox = false;  // command line only
};

struct Environment {
  std::vector<std::pair<std::string, std::string>> variables;  // those that begin with PAYWEIR__
};
[[nodiscard]] Environment read_environment();

// `file` may be "": none. Error: configuration_invalid, detail "FILE:LINE: KEY: expected …".
[[nodiscard]] Result<Config> load_config(const std::string& file, const Environment& environment);

// The operators of the configuration. Error: configuration_invalid.
[[nodiscard]] Result<std::vector<flows::Operator>> read_operators(const Config& config);
// server.trusted_proxies. Error: configuration_invalid, which quotes the entry.
[[nodiscard]] Result<std::vector<AddressRange>> read_trusted_proxies(const Config& config);

// What holds between options: keys on a public address, plain http to a gateway. Error as above.
// Sends what would go to the gateways to the sandbox at this address instead.
void use_sandbox(Config& config, const std::string& url);

[[nodiscard]] Result<void> check_config(const Config& config);

// Whether an address "host:port" is one that only this machine reaches.
[[nodiscard]] bool is_loopback(std::string_view listen);

// The effective configuration as TOML, secrets masked; for `config check`.
[[nodiscard]] std::string describe(const Config& config);

// Every key with its meaning and default, as docs/configuration.md shows it.
[[nodiscard]] std::string describe_options();

}  // namespace payweir::app
