#include "jobs/testkit.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/check.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "flows/accounts/secrets.hpp"
#include "store/queries/event_queries.hpp"
#include "store/queries/start_queries.hpp"

namespace payweir::jobs::testkit {
namespace {

constexpr std::string_view kMasterKey = "a key of thirty-two known bytes.";
constexpr std::size_t kNonceBytes = 12;

template <class T>
T opened(Result<T> result, const char* why) {
  check(result.has_value(), why);
  return std::move(*result);
}

store::sqlite::SqliteOptions store_options(const std::string& directory) {
  store::sqlite::SqliteOptions options;
  options.directory = directory;
  options.drive = store::sqlite::Drive::manual;
  return options;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "payweir-jobs-XXXXXX").string();
  check(mkdtemp(pattern.data()) != nullptr, "a temporary directory can be made");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string KnownKeys::seal(std::string_view context, std::string_view plain) {
  std::string nonce = std::to_string(++nonce_);
  nonce.insert(0, kNonceBytes - nonce.size(), '0');
  return nonce + crypto::aes256gcm_seal(kMasterKey, nonce, context, plain);
}

Result<Secret> KnownKeys::open(std::string_view context, std::string_view sealed) {
  if (sealed.size() < kNonceBytes) return fail(Code::decrypt_failed, "", "too short");
  Result<std::string> plain =
      crypto::aes256gcm_open(kMasterKey, sealed.substr(0, kNonceBytes), context, sealed.substr(kNonceBytes));
  if (!plain) return fail(std::move(plain.error()));
  return Secret(std::move(*plain));
}

std::string KnownKeys::pepper_hash(std::string_view purpose, std::string_view text) {
  return crypto::hmac_sha256(kMasterKey, std::string(purpose) + '\0' + std::string(text));
}

std::string PlainRendering::payment(const flows::PaymentView& view) const {
  return R"({"payment_id":")" + view.payment_id + R"(","status":")" +
         std::string(to_string(view.payment.state)) + R"("})";
}

std::string PlainRendering::refund(const flows::RefundView& view) const {
  return R"({"refund_id":")" + view.refund_id + R"(","status":")" +
         std::string(to_string(view.refund.state)) + R"("})";
}

void EndpointHttpClient::answer(const std::string& origin, int status, http::Headers headers) {
  at(origin,
     [status, headers](const http::Request&) { return Reply{http::Response{status, headers, ""}, {}}; });
}

Task<Result<http::Response>> EndpointHttpClient::send(http::Request request, CallOptions call_options) {
  requests.push_back(request);
  options.push_back(call_options);
  const auto handler = handlers_.find(request.origin);
  if (handler == handlers_.end()) co_return fail(Code::connect_failed, "", "connection refused");
  Reply reply = handler->second(request);
  co_await clock_.sleep(std::min(reply.after, call_options.timeout));
  if (reply.after >= call_options.timeout)
    co_return fail(Error{Code::timeout, "", "no answer in time", Certainty::unknown});
  co_return std::move(reply.answer);
}

// The worker is destroyed last: tasks that vanish with the loop or the store's queue belong to it.
struct World::Process {
  flows::Traffic traffic;  // requests that vanish with the loop give their places back
  std::unique_ptr<Worker> worker;
  Loop loop;
  std::unique_ptr<store::sqlite::SqliteStore> store;
  flows::DirectoryEpoch epoch{0};
  flows::Directory directory;
  flows::Telemetry telemetry;
  flows::Review review;
  KeySequence sequence{1};
  flows::RateLimiter rate_limiter;
  InlineOffload offload;
  flows::Artefacts artefacts;
  flows::Context context;

  explicit Process(World& world)
      : traffic(world.settings),
        store(
            opened(store::sqlite::SqliteStore::open(store_options(world.folder.path())), "the store opens")),
        directory(*store, world.keys, epoch),
        rate_limiter(world.settings),
        context{world.settings,  world.clock,  world.random, world.http, world.keys, world.cards,
                world.log,       *store,       directory,    telemetry,  review,     sequence,
                world.rendering, rate_limiter, offload,      artefacts,  traffic} {}
};

World::World() {
  restart();
}

World::~World() = default;

void World::restart() {
  process_.reset();
  cards.forget_all();
  process_ = std::make_unique<Process>(*this);
  settings.last_key_of_earlier_life = opened(run(store::find_largest_key(store())), "the keys are read");
  process_->sequence.resume_after(settings.last_key_of_earlier_life);
}

void World::settle() {
  auto& io = loop().context();
  std::size_t ran = 1;
  while (ran > 0) {
    io.restart();
    ran = io.poll() + store().run_batch();
  }
}

void World::advance(Duration span, Duration step) {
  settle();
  while (span.ms > 0) {
    const Duration next = std::min(span, step);
    clock.advance(next);
    span = span - next;
    settle();
  }
}

void World::start(Task<void> task) {
  boost::asio::co_spawn(loop().context(), std::move(task), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

void World::start(std::unique_ptr<Job> job) {
  process_->worker = std::make_unique<Worker>(
      clock, log, [this](std::string_view, Task<void> task) { start(std::move(task)); });
  process_->worker->add(std::move(job));
  process_->worker->start();
}

void World::commit(store::ChangeSet changes) {
  const store::CommitAnswer answer = run(store().commit(std::move(changes)));
  check(std::holds_alternative<store::commit::Committed>(answer), "a fixture was not stored");
}

void World::add_profile(std::int64_t key, std::string webhook_url, std::string_view secret) {
  store::MerchantRow merchant;
  merchant.id = {key, key};
  merchant.merchant_id = "merchant_" + std::to_string(key);
  merchant.publishable_key = "pk_snd_" + std::to_string(key);
  merchant.default_profile_key = key;
  merchant.details = "{}";
  store::ProfileRow row;
  row.id = {key, key};
  row.merchant_no = key;
  row.name = "default";
  row.webhook_url = std::move(webhook_url);
  flows::ProfileSecrets secrets;
  secrets.webhook.push_back({Secret(std::string(secret)), Instant{}});
  secrets.payment_response_hash_key = Secret("response hash key");
  row.sealed_secrets = flows::seal_profile_secrets(keys, key, secrets);
  row.details = "{}";
  store::ChangeSet changes;
  changes.insert(merchant);
  changes.insert(row);
  commit(std::move(changes));
  process_->directory.changed();
}

EventId World::add_delivery(std::int64_t profile_key, std::string body) {
  store::OutboxRow event;
  event.id = context().new_id<EventTag>();
  event.merchant_no = event.profile_key = profile_key;
  event.aggregate_key = event.id.key;
  event.sequence = 1;
  event.created_at = clock.wall();
  store::DeliveryRow row;
  row.key = event.id.key;
  row.merchant_no = row.profile_key = profile_key;
  row.due_at = clock.wall();
  row.body = std::move(body);
  store::ChangeSet changes;
  changes.insert(event);
  changes.insert(row);
  commit(std::move(changes));
  return event.id;
}

store::DeliveryRow World::delivery(EventId id) {
  return opened(run(store::find_delivery(store(), id.key)), "the delivery is read").value();
}

std::shared_ptr<const flows::ProfileEntry> World::profile(std::int64_t key) {
  process_->directory.changed();
  return opened(run(process_->directory.merchant(key)), "the merchant is read")->find_profile(key);
}

Loop& World::loop() {
  return process_->loop;
}
flows::Context& World::context() {
  return process_->context;
}
store::sqlite::SqliteStore& World::store() {
  return *process_->store;
}
flows::Telemetry& World::telemetry() {
  return process_->telemetry;
}
Worker& World::worker() {
  return *process_->worker;
}

}  // namespace payweir::jobs::testkit
