#include "flows/testkit.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/check.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "flows/accounts/api_keys.hpp"
#include "flows/accounts/merchants.hpp"
#include "store/queries/start_queries.hpp"

namespace payweir::flows::testkit {
namespace {

constexpr std::string_view kSealingKey = "a sealing key of thirty-two byte";
constexpr std::string_view kPepper = "a pepper";

std::string sealing_key() {
  std::string key(kSealingKey);
  key.resize(32, '.');
  return key;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "payweir-flows-XXXXXX").string();
  check(mkdtemp(name.data()) != nullptr, "a temporary folder can be made");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool TemporaryDirectory::holds(std::string_view bytes) const {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (content.contains(bytes)) return true;
  }
  return false;
}

std::string CountingKeys::seal(std::string_view context, std::string_view plain) {
  std::string nonce(12, '\0');
  const std::uint64_t count = ++nonce_;
  for (std::size_t i = 0; i < 8; ++i)
    nonce[i] = static_cast<char>(count >> (8 * i));
  return nonce + crypto::aes256gcm_seal(sealing_key(), nonce, context, plain);
}

Result<Secret> CountingKeys::open(std::string_view context, std::string_view sealed) {
  if (sealed.size() < 12) return fail(Code::decrypt_failed, "", "too short");
  Result<std::string> plain =
      crypto::aes256gcm_open(sealing_key(), sealed.substr(0, 12), context, sealed.substr(12));
  if (!plain) return fail(std::move(plain.error()));
  return Secret(std::move(*plain));
}

std::string CountingKeys::pepper_hash(std::string_view purpose, std::string_view text) {
  ++pepper_hash_count;
  return crypto::hmac_sha256(kPepper, std::string(purpose) + "|" + std::string(text));
}

std::string PlainRendering::payment(const PaymentView& view) const {
  json::Writer out;
  out.begin_object()
      .field("payment_id", view.payment_id)
      .field("status", to_string(view.payment.state))
      .end_object();
  return std::move(out).take();
}

std::string PlainRendering::refund(const RefundView& view) const {
  json::Writer out;
  out.begin_object()
      .field("refund_id", view.refund_id)
      .field("status", to_string(view.refund.state))
      .end_object();
  return std::move(out).take();
}

std::string PlainRendering::merchant(const MerchantView& view) const {
  json::Writer out;
  out.begin_object();
  out.field("merchant_id", view.row.merchant_id).field("publishable_key", view.row.publishable_key);
  out.field("organization_id", view.details.organization_id);
  out.field("webhook_url", view.default_profile.row.webhook_url);
  out.field("webhook_secret", view.default_profile.new_webhook_secret.reveal());
  out.field("hash_key", view.default_profile.payment_response_hash_key);
  out.field("default_profile", to_text(view.default_profile.row.id));
  out.end_object();
  return std::move(out).take();
}

std::string PlainRendering::profile(const ProfileView& view) const {
  json::Writer out;
  out.begin_object();
  out.field("profile_id", to_text(view.row.id)).field("profile_name", view.row.name);
  out.field("webhook_url", view.row.webhook_url).field("webhook_secret", view.new_webhook_secret.reveal());
  out.field("hash_key", view.payment_response_hash_key);
  out.end_object();
  return std::move(out).take();
}

std::string PlainRendering::api_key(const ApiKeyView& view) const {
  json::Writer out;
  out.begin_object().field("key_id", to_text(view.row.id)).field("name", view.row.name);
  out.field("prefix", view.row.prefix).field("api_key", view.plaintext.reveal()).end_object();
  return std::move(out).take();
}

std::string PlainRendering::connector_account(const ConnectorAccountView& view) const {
  json::Writer out;
  out.begin_object();
  out.field("merchant_connector_id", to_text(view.row.id)).field("connector_label", view.row.label);
  out.field("profile_id", view.profile_id);
  for (const auto& [name, shown] : view.credentials.fields)
    out.field(name, shown);
  out.field("webhook_secret", view.credentials.webhook_secret);
  out.end_object();
  return std::move(out).take();
}

std::string PlainRendering::routing_algorithm(const RoutingAlgorithmView& view) const {
  json::Writer out;
  out.begin_object().field("id", to_text(view.row.id)).field("kind", view.kind);
  out.field("active", view.row.active).raw_field("canary", view.row.canary).end_object();
  return std::move(out).take();
}

std::string PlainRendering::event(const EventView& view) const {
  json::Writer out;
  out.begin_object().field("event_id", to_text(view.event.id)).field("object_id", view.object_id);
  out.field("body", view.delivery ? view.delivery->body : "").end_object();
  return std::move(out).take();
}

std::string member(const Answer& answer, std::string_view name) {
  const Result<json::Document> document = json::parse(answer.body);
  return document ? std::string(document->root()[name].text()) : "";
}

// What lives as long as one process.
struct World::Process {
  // What belongs to one io thread.
  struct Worker {
    Worker(World& world, Process& process, std::uint16_t node)
        : directory(*process.store, world.keys, process.epoch),
          sequence(node),
          rate_limiter(world.settings),
          context{world.settings,    world.clock,    world.random,    world.http,   world.keys,
                  world.cards,       world.log,      *process.store,  directory,    process.telemetry,
                  process.review,    sequence,       world.rendering, rate_limiter, offload,
                  process.artefacts, process.traffic} {}
    Directory directory;
    KeySequence sequence;
    RateLimiter rate_limiter;
    InlineOffload offload;
    Context context;
  };

  explicit Process(World& world)

      : store(open_store(world)),
        traffic(world.traffics.emplace_back(world.settings)),
        first(world, *this, 1),
        second(world, *this, 2) {}

  static std::unique_ptr<store::sqlite::SqliteStore> open_store(World& world) {
    store::sqlite::SqliteOptions options;
    options.directory = world.folder.path();
    auto opened = store::sqlite::SqliteStore::open(std::move(options));
    check(opened.has_value(), "the store of this test opens");
    return std::move(*opened);
  }

  std::unique_ptr<store::sqlite::SqliteStore> store;
  DirectoryEpoch epoch{1};
  Artefacts artefacts;
  Traffic& traffic;
  Telemetry telemetry;
  Review review;
  Worker first, second;
};

World::World() {
  settings.admin_api_key = Secret("test_admin");
  settings.sandbox = true;
  settings.attempts_max = 1;  // tests of failover set more
  settings.public_url = "https://pay.example";
  for (const std::string connector : {"alipay", "stripe", "wechatpay"})
    settings.connector_base_urls[connector] = "http://127.0.0.1:1";
  settings.identity_hosts["wechatpay"] = {"https://open.weixin.qq.com", "https://api.weixin.qq.com"};
  process_ = std::make_unique<Process>(*this);
}

World::~World() = default;

void World::restart() {
  process_.reset();
  clock.advance(seconds(1));
  process_ = std::make_unique<Process>(*this);
  const Result<std::int64_t> largest = run(store::find_largest_key(*process_->store));
  check(largest.has_value(), "the keys of this test can be read");
  settings.last_key_of_earlier_life = *largest;
}

Context& World::context() {
  return process_->first.context;
}
Context& World::other_context() {
  return process_->second.context;
}

Principal World::admin() const {
  Principal principal;
  principal.role = Role::admin;
  return principal;
}

Answer World::create_merchant(std::string merchant_id) {
  CreateMerchant command;
  command.merchant_id = std::move(merchant_id);
  Result<Answer> answer =
      run(flows::create_merchant(context(), admin(), std::nullopt, std::move(command), rendering));
  check(answer.has_value(), "the merchant of this test is made");
  return std::move(*answer);
}

std::string World::create_api_key(std::string merchant_id, Instant expires_at) {
  CreateApiKey command;
  command.merchant_id = std::move(merchant_id);
  command.name = "a key";
  command.expires_at = expires_at;
  Result<Answer> answer =
      run(flows::create_api_key(context(), admin(), std::nullopt, std::move(command), rendering));
  check(answer.has_value(), "the API key of this test is made");
  return member(*answer, "api_key");
}

Result<Principal> World::authenticate(Context& with, std::string api_key) {
  return run(flows::authenticate(with, std::move(api_key), "203.0.113.7"));
}

Principal World::merchant(const std::string& merchant_id) {
  Result<Principal> principal = authenticate(context(), create_api_key(merchant_id));
  check(principal.has_value(), "the key of this test opens");
  return std::move(*principal);
}

std::optional<RequestKey> World::request_key(const Principal& principal, std::string_view idempotency_key,
                                             std::string_view body) {
  return make_request_key(context(), principal, idempotency_key, "POST", "/a/path", body).value();
}

}  // namespace payweir::flows::testkit
