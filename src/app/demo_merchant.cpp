#include "app/demo_merchant.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "flows/accounts/api_keys.hpp"
#include "flows/accounts/connector_accounts.hpp"
#include "flows/accounts/merchants.hpp"
#include "flows/accounts/views.hpp"
#include "sandbox/alipay/test_keys.hpp"
#include "sandbox/wechatpay/test_keys.hpp"

namespace payweir::app {
namespace {

constexpr std::string_view kMerchantId = flows::kSandboxMerchantId;
constexpr std::string_view kGatewayKey = "sk_test_payweir_demo";

// The flows answer as bytes; what is wanted here of them is the plaintext of a key, and nothing else.
class PlaintextOnly final : public flows::AccountRendering {
 public:
  [[nodiscard]] std::string merchant(const flows::MerchantView&) const override { return {}; }
  [[nodiscard]] std::string profile(const flows::ProfileView&) const override { return {}; }
  [[nodiscard]] std::string api_key(const flows::ApiKeyView& view) const override {
    return std::string(view.plaintext.reveal());
  }
  [[nodiscard]] std::string connector_account(const flows::ConnectorAccountView&) const override {
    return {};
  }
  [[nodiscard]] std::string routing_algorithm(const flows::RoutingAlgorithmView&) const override {
    return {};
  }
};
const PlaintextOnly kRendering;

flows::Principal operator_of_this_machine() {
  flows::Principal principal;
  principal.role = flows::Role::admin;
  return principal;
}

// Tells the sandbox where to send its callbacks, and gives the secret that it signs them with.
Task<Result<Secret>> register_callbacks(flows::Context& context, std::string base_url,
                                        std::string callback_url) {
  const std::size_t path = base_url.find('/', base_url.find("//") + 2);
  http::Request request;
  request.method = http::Method::post;
  request.origin = base_url.substr(0, path);
  request.target = base_url.substr(path) + "/v1/webhook_endpoints";
  request.headers.set("authorization", "Bearer " + std::string(kGatewayKey));
  request.headers.set("content-type", "application/x-www-form-urlencoded");
  request.body =
      "url=" + form::percent_encode(callback_url) + "&enabled_events[0]=" + form::percent_encode("*");
  Result<http::Response> response = co_await context.http.send(std::move(request), CallOptions{});
  if (!response) co_return fail(std::move(response.error()));
  const Result<json::Document> document = json::parse(response->body);
  if (!document || response->status != 200)
    co_return fail(Code::internal, "", "the sandbox did not register the callbacks");
  co_return Secret(std::string(document->root().find("secret").text()));
}

const flows::ConnectorAccountView* find_account(const std::vector<flows::ConnectorAccountView>& accounts,
                                                std::string_view connector) {
  for (const flows::ConnectorAccountView& account : accounts)
    if (account.row.connector == connector) return &account;
  return nullptr;
}

// One of the sandbox's lists of accounts, which say what the merchant's side has to configure.
Task<Result<json::Document>> ask_sandbox(flows::Context& context, std::string origin, std::string target) {
  http::Request request;
  request.origin = std::move(origin);
  request.target = std::move(target);
  Result<http::Response> response = co_await context.http.send(std::move(request), CallOptions{});
  if (!response) co_return fail(std::move(response.error()));
  Result<json::Document> document = json::parse(response->body);
  if (!document || response->status != 200)
    co_return fail(Code::internal, "", "the sandbox did not list its accounts");
  co_return std::move(*document);
}

Secret secret_of(std::string_view text) {
  return Secret(std::string(text));
}

// The account of the list whose `member` says `id`.
json::Value find_in(const json::Document& list, std::string_view array, std::string_view member,
                    std::string_view id) {
  json::Value each = list.root()[array].first();
  while (each.present() && each[member].text() != id)
    each = each.next();
  return each;
}

ConnectorCredentials alipay_credentials(const json::Value& app) {
  ConnectorCredentials credentials;
  credentials.auth_type = "AlipayKey";
  credentials.set("app_id", secret_of(sandbox::alipay::kTestAppId));
  credentials.set("private_key", secret_of(sandbox::alipay::kTestAppPrivateKey));
  credentials.set("alipay_public_key", secret_of(app["alipay_public_key"].text()));
  return credentials;
}

ConnectorCredentials wechatpay_credentials(const json::Value& merchant) {
  ConnectorCredentials credentials;
  credentials.auth_type = "WechatPay";
  credentials.set("mchid", secret_of(sandbox::wechatpay::kTestMchid));
  credentials.set("appid", secret_of(sandbox::wechatpay::kTestAppid));
  credentials.set("serial_no", secret_of(sandbox::wechatpay::kTestMerchantSerial));
  credentials.set("private_key", secret_of(sandbox::wechatpay::kTestMerchantPrivateKey));
  credentials.set("apiv3_key", secret_of(sandbox::wechatpay::kTestApiV3Key));
  credentials.set("app_secret", secret_of(sandbox::wechatpay::kTestAppSecret));
  credentials.set("platform_certificates", secret_of(merchant["platform_certificate"].text()));
  return credentials;
}

Task<Result<void>> ensure_account(flows::Context& context, std::string connector,
                                  ConnectorCredentials credentials) {
  Result<std::vector<flows::ConnectorAccountView>> accounts =
      co_await flows::list_connector_accounts(context, operator_of_this_machine(), std::string(kMerchantId));
  if (!accounts) co_return fail(std::move(accounts.error()));
  if (find_account(*accounts, connector) != nullptr) co_return Result<void>{};
  flows::CreateConnectorAccount create;
  create.merchant_id = kMerchantId;
  create.connector = std::move(connector);
  create.credentials = std::move(credentials);
  create.details.connector_type = "payment_processor";
  Result<flows::Answer> created = co_await flows::create_connector_account(
      context, operator_of_this_machine(), std::nullopt, std::move(create), kRendering);
  if (!created) co_return fail(std::move(created.error()));
  co_return Result<void>{};
}

Task<Result<void>> ensure_wallet_accounts(flows::Context& context, std::string base_url) {
  const std::string origin = base_url.substr(0, base_url.find('/', base_url.find("//") + 2));
  const Result<json::Document> apps = co_await ask_sandbox(context, origin, "/control/alipay/apps");
  if (!apps) co_return fail(apps.error());
  ConnectorCredentials alipay =
      alipay_credentials(find_in(*apps, "apps", "app_id", sandbox::alipay::kTestAppId));
  Result<void> made = co_await ensure_account(context, "alipay", std::move(alipay));
  if (!made) co_return fail(std::move(made.error()));
  const Result<json::Document> merchants =
      co_await ask_sandbox(context, origin, "/control/wechatpay/merchants");
  if (!merchants) co_return fail(merchants.error());
  ConnectorCredentials wechatpay =
      wechatpay_credentials(find_in(*merchants, "merchants", "mchid", sandbox::wechatpay::kTestMchid));
  made = co_await ensure_account(context, "wechatpay", std::move(wechatpay));
  if (!made) co_return fail(std::move(made.error()));
  co_return Result<void>{};
}

Task<Result<void>> ensure_gateway_account(flows::Context& context, std::string base_url) {
  const std::string callback_url =
      context.settings.public_url + "/webhooks/" + std::string(kMerchantId) + "/stripe";
  Result<Secret> secret = co_await register_callbacks(context, std::move(base_url), callback_url);
  if (!secret) co_return fail(std::move(secret.error()));
  std::vector<Secret> secrets;
  secrets.push_back(std::move(*secret));
  Result<std::vector<flows::ConnectorAccountView>> accounts =
      co_await flows::list_connector_accounts(context, operator_of_this_machine(), std::string(kMerchantId));
  if (!accounts) co_return fail(std::move(accounts.error()));
  const flows::ConnectorAccountView* stored = find_account(*accounts, "stripe");
  if (stored != nullptr) {
    flows::UpdateConnectorAccount update;
    update.merchant_id = kMerchantId;
    update.account_id = to_text(stored->row.id);
    update.webhook_secrets = std::move(secrets);
    Result<flows::Answer> updated = co_await flows::update_connector_account(
        context, operator_of_this_machine(), std::nullopt, std::move(update), kRendering);
    if (!updated) co_return fail(std::move(updated.error()));
    co_return Result<void>{};
  }
  flows::CreateConnectorAccount create;
  create.merchant_id = kMerchantId;
  create.connector = "stripe";
  create.credentials.auth_type = "HeaderKey";
  create.credentials.set("api_key", Secret(std::string(kGatewayKey)));
  create.webhook_secrets = std::move(secrets);
  create.details.connector_type = "payment_processor";
  Result<flows::Answer> created = co_await flows::create_connector_account(
      context, operator_of_this_machine(), std::nullopt, std::move(create), kRendering);
  if (!created) co_return fail(std::move(created.error()));
  co_return Result<void>{};
}

std::string read_key(const std::string& path) {
  std::ifstream file(path);
  std::string key;
  std::getline(file, key);
  return key;
}

Result<void> keep_key(const std::string& path, const Secret& key) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return fail(Code::store_unavailable, "", path + " could not be written");
  const std::string line = std::string(key.reveal()) + '\n';
  const bool written = ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  ::close(file);
  if (!written) return fail(Code::store_unavailable, "", path + " could not be written");
  return {};
}

Task<Result<DemoMerchant>> ensure(flows::Context& context, std::string base_url, std::string key_file) {
  DemoMerchant merchant;
  merchant.merchant_id = kMerchantId;
  std::string kept = read_key(key_file);
  Result<flows::Principal> known = co_await flows::authenticate(context, kept, "127.0.0.1");
  if (known && known->role == flows::Role::merchant) {
    merchant.api_key = Secret(std::move(kept));
  } else {
    Result<Secret> made = co_await make_api_key(context, std::string(kMerchantId), "demo");
    if (!made) co_return fail(std::move(made.error()));
    merchant.api_key = std::move(*made);
    if (Result<void> done = keep_key(key_file, merchant.api_key); !done)
      co_return fail(std::move(done.error()));
  }
  Result<void> account = co_await ensure_gateway_account(context, base_url);
  if (!account) co_return fail(std::move(account.error()));
  account = co_await ensure_wallet_accounts(context, std::move(base_url));
  if (!account) co_return fail(std::move(account.error()));
  co_return merchant;
}

Task<void> ensure_into(flows::Context& context, std::string base_url, std::string key_file,
                       std::optional<Result<DemoMerchant>>& result) {
  result = co_await ensure(context, std::move(base_url), std::move(key_file));
}

}  // namespace

Task<Result<Secret>> make_api_key(flows::Context& context, std::string merchant_id, std::string name) {
  flows::CreateMerchant merchant;
  merchant.merchant_id = merchant_id;
  Result<flows::Answer> created = co_await flows::create_merchant(
      context, operator_of_this_machine(), std::nullopt, std::move(merchant), kRendering);
  if (!created && created.error().code != Code::duplicate_resource)
    co_return fail(std::move(created.error()));
  flows::CreateApiKey key;
  key.merchant_id = std::move(merchant_id);
  key.name = std::move(name);
  Result<flows::Answer> made = co_await flows::create_api_key(context, operator_of_this_machine(),
                                                              std::nullopt, std::move(key), kRendering);
  if (!made) co_return fail(std::move(made.error()));
  co_return Secret(std::move(made->body));
}

Result<DemoMerchant> ensure_demo_merchant(Node& node, const Config& config) {
  std::optional<Result<DemoMerchant>> result;
  node.run([&result, base_url = config.stripe_base_url, key_file = config.data_dir + "/demo.key"](
               flows::Context& context) { return ensure_into(context, base_url, key_file, result); });
  return std::move(*result);
}

}  // namespace payweir::app
