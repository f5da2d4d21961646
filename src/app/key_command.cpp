// `payweir key create`.
#include <cstdio>
#include <optional>

#include "app/commands.hpp"
#include "app/demo_merchant.hpp"
#include "app/json_log.hpp"
#include "app/node.hpp"
#include "app/process.hpp"

namespace payweir::app {
namespace {

Task<void> make_into(flows::Context& context, std::string merchant_id, std::string name,
                     std::optional<Result<Secret>>& result) {
  result = co_await make_api_key(context, std::move(merchant_id), std::move(name));
}

}  // namespace

int run_key_create(const KeyCreateOptions& options) {
  prepare_process();
  Result<Config> config = load_config(options.config_file, read_environment());
  if (config && !options.data_dir.empty()) config->data_dir = options.data_dir;
  if (Result<void> checked = config ? check_config(*config) : fail(config.error()); !checked) {
    tell_error(checked.error());
    return 1;
  }
  config->io_threads = 1;
  JsonLog log("error");
  Result<std::unique_ptr<Node>> node = Node::start(*config, log, NodeMode::offline);
  if (!node) {
    tell_error(node.error());
    if (node.error().code == Code::store_locked)
      std::fputs("payweir: while the switch runs, use POST /api_keys/{merchant_id} with the admin key\n",
                 stderr);
    return 1;
  }
  std::optional<Result<Secret>> key;
  (*node)->run(
      [&](flows::Context& context) { return make_into(context, options.merchant_id, options.name, key); });
  (*node)->drain();
  if (!*key) {
    tell_error(key->error());
    return 1;
  }
  std::printf("%s\n", std::string((*key)->reveal()).c_str());
  return 0;
}

}  // namespace payweir::app
