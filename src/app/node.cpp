#include "app/node.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <future>
#include <thread>

#include "api/native/rendering.hpp"
#include "api/router.hpp"
#include "api/routes.hpp"
#include "base/check.hpp"
#include "flows/rate_limiter.hpp"
#include "flows/review.hpp"
#include "jobs/all.hpp"
#include "jobs/worker.hpp"
#include "net/client.hpp"
#include "net/spawn.hpp"
#include "store/queries/start_queries.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/read_only_store.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace payweir::app {
namespace {

// Together under the 30 s that a supervisor usually waits.
constexpr Duration kDrainPatience = seconds(25);
constexpr Duration kJobsPatience = seconds(3);

std::size_t io_thread_count(const Config& config) {
  if (config.io_threads > 0) return static_cast<std::size_t>(config.io_threads);
  return std::max<std::size_t>(std::thread::hardware_concurrency(), 2) - 1;
}

flows::Settings settings_of(const Config& config, std::size_t io_threads) {
  flows::Settings settings;
  settings.admin_api_key = config.admin_api_key;
  if (Result<std::vector<flows::Operator>> operators =
          read_operators(config))  // check_config() has seen them
    settings.operators = std::move(*operators);
  if (Result<std::vector<AddressRange>> proxies = read_trusted_proxies(config))
    settings.trusted_proxies = std::move(*proxies);
  settings.four_eyes_above_minor = config.four_eyes_above_minor;
  settings.resolve_within = seconds(config.resolve_within_s);
  settings.public_url = config.public_url.empty() ? "http://" + config.listen : config.public_url;
  settings.connector_base_urls.emplace("alipay", config.alipay_base_url);
  settings.connector_base_urls.emplace("stripe", config.stripe_base_url);
  settings.connector_base_urls.emplace("wechatpay", config.wechatpay_base_url);
  settings.identity_hosts.emplace("wechatpay",
                                  IdentityHosts{config.wechatpay_open_url, config.wechatpay_api_url});
  settings.gateway_timeout = milliseconds(config.gateway_timeout_ms);
  settings.first_timeout = milliseconds(config.first_timeout_ms);
  settings.later_timeout = milliseconds(config.later_timeout_ms);
  settings.send_window = milliseconds(config.send_window_ms);
  settings.routing_set_back_below_ppm =
      static_cast<std::int32_t>(config.routing_set_back_below_percent * 10'000);
  settings.routing_rules = config.routing_rules;
  settings.callback_tolerance = seconds(config.callback_tolerance_s);
  settings.session_expiry = seconds(config.session_expiry_s);
  settings.sandbox = config.sandbox;
  settings.webhooks_allow_private = config.webhooks_allow_private;
  settings.log_requests = config.log_requests;
  settings.rate_limit_per_key = config.rate_limit_per_key;
  settings.rate_limit_per_address = config.rate_limit_per_address;
  settings.failed_auth_per_address_per_minute = config.failed_auth_per_address_per_minute;
  settings.page_requests_per_payment_per_minute = config.page_requests_per_payment_per_minute;
  settings.breaker_failures = config.breaker_failures;
  settings.attempts_max = config.attempts_max;
  settings.payments_in_flight = static_cast<std::size_t>(config.payments_in_flight);
  settings.io_thread_count = io_threads;
  return settings;
}

}  // namespace

// What belongs to one io thread, in the order in which it is built.
struct Node::Worker {
  Worker(Node& node, std::size_t index, std::unique_ptr<net::HttpClientPool> client)
      : keys(node.master_key_, random),
        sequence(static_cast<std::uint16_t>(index)),
        http(std::move(client)),
        directory(*node.store_, keys, node.epoch_),
        rendering(node.settings_.public_url),
        rate_limiter(node.settings_),
        context{node.settings_, node.clock_,  random,        *http,           keys,          *node.cards_,
                node.log_,      *node.store_, directory,     node.telemetry_, node.review_,  sequence,
                rendering,      rate_limiter, node.offload_, node.artefacts_, *node.traffic_} {}

  net::SystemRandom random;
  FileKeys keys;
  KeySequence sequence;
  std::unique_ptr<net::HttpClientPool> http;
  flows::Directory directory;
  api::native::Rendering rendering;
  flows::RateLimiter rate_limiter;
  flows::Context context;
};

// The jobs run beside the requests of the first io thread.
struct Node::Jobs {
  Jobs(Node& node, boost::asio::any_io_executor executor)
      : worker(node.clock_, node.log_, [executor](std::string_view name, Task<void> task) {
          net::spawn(executor, name, std::move(task));
        }) {
    for (std::unique_ptr<jobs::Job>& job : jobs::all_jobs(node.workers_[0]->context))
      worker.add(std::move(job));
  }
  jobs::Worker worker;
};

Node::Node(const Config& config, Log& log) : config_(config), log_(log) {}

Node::~Node() {
  stop();
}

Result<std::unique_ptr<Node>> Node::start(const Config& config, Log& log, NodeMode mode) {
  std::unique_ptr<Node> node(new Node(config, log));
  if (Result<void> opened = node->open(mode); !opened) return fail(std::move(opened.error()));
  return node;
}

Result<void> Node::open(NodeMode mode) {
  const std::size_t io_threads = io_thread_count(config_);
  settings_ = settings_of(config_, io_threads);
  traffic_ = std::make_unique<flows::Traffic>(settings_);
  if (Result<void> done = open_store(mode); !done) return done;
  if (mode != NodeMode::beside)
    if (Result<void> done = begin_life(mode); !done) return done;
  if (Result<void> done = prepare_keys(mode); !done) return done;
  pool_ = std::make_unique<net::IoPool>(io_threads);
  if (Result<void> done = add_workers(); !done) return done;
  const bool serves = mode == NodeMode::serving || mode == NodeMode::reviewing;
  if (serves)
    if (Result<void> done = listen(); !done) return done;
  pool_->start([this](std::size_t thread) { workers_[thread]->sequence.resume_after(largest_key_); });
  if (serves) {
    jobs_ = std::make_unique<Jobs>(*this, pool_->executor(0));
    run([this](flows::Context&) { return start_jobs(); });
  }
  return {};
}

Task<void> Node::start_jobs() {
  jobs_->worker.start();
  co_return;
}

Result<void> Node::prepare_keys(NodeMode mode) {
  std::string path = config_.master_key_file;
  if (path.empty()) path = config_.data_dir + "/master.key";
  if (config_.master_key_file.empty() && mode != NodeMode::beside) {
    Result<bool> made = FileKeys::ensure_file(path, start_random_);
    if (!made) return fail(std::move(made.error()));
    made_master_key_ = *made;
  }
  Result<Secret> key = FileKeys::read_file(path);
  if (!key) return fail(std::move(key.error()));
  master_key_ = std::move(*key);
  cards_ = std::make_unique<LockedCardHold>(card_random_);
  if (!cards_->is_locked())
    log_.write(LogLevel::warning, "cards.memory_not_locked",
               {{"hint", std::string_view("raise RLIMIT_MEMLOCK")}});
  return {};
}

Result<void> Node::open_store(NodeMode mode) {
  if (mode == NodeMode::beside) {
    auto opened = store::sqlite::ReadOnlyStore::open(config_.data_dir);
    if (!opened) return fail(std::move(opened.error()));
    store_ = std::move(*opened);
    return {};
  }
  store::sqlite::SqliteOptions options;
  options.directory = config_.data_dir;
  options.queue_max = static_cast<std::size_t>(config_.commit_queue_max);
  options.batch_max = static_cast<std::size_t>(config_.commit_batch_max);
  Result<std::unique_ptr<store::sqlite::SqliteStore>> opened =
      store::sqlite::SqliteStore::open(std::move(options));
  if (!opened) return fail(std::move(opened.error()));
  store_ = std::move(*opened);
  return {};
}

namespace {
// Before there is a thread to run it on.
template <class T>
T run_once(Task<T> task) {
  boost::asio::io_context once;
  std::future<T> result = boost::asio::co_spawn(once, std::move(task), boost::asio::use_future);
  once.run();
  return result.get();
}
}  // namespace

Result<void> Node::begin_life(NodeMode mode) {
  const Result<std::int64_t> key = run_once(store::find_largest_key(*store_));
  if (!key) return fail(key.error());
  largest_key_ = *key;
  settings_.last_key_of_earlier_life = *key;
  Result<std::string> identity =
      store::sqlite::file_identity(config_.data_dir + "/" + store::sqlite::kDatabaseFile);
  if (!identity) return fail(std::move(identity.error()));
  const Result<flows::Life> life =
      run_once(flows::begin_life(*store_, std::move(*identity), mode == NodeMode::reviewing, clock_.wall()));
  if (!life) return fail(life.error());
  if (life->is_under_review) {
    review_.begin();
    log_.write(LogLevel::warning, "review.begun", {{"epoch", life->epoch}});
  }
  if (mode == NodeMode::beside) return {};
  const Result<void> loaded =
      run_once(flows::load_gateway_statistics(*store_, traffic_->statistics, clock_.wall()));
  return loaded;
}

Result<void> Node::add_workers() {
  for (std::size_t index = 0; index < pool_->size(); ++index) {
    net::ClientConfig client;
    client.ca_file = config_.tls_ca_file;
    client.connections_per_origin_max = static_cast<std::size_t>(config_.connections_per_host);
    client.connection_wait = milliseconds(config_.connection_wait_ms);
    if (config_.webhooks_allow_private) client.webhook_reach = {true, true, {}};
    Result<std::unique_ptr<net::HttpClientPool>> http =
        net::HttpClientPool::create(pool_->executor(index), clock_, std::move(client));
    if (!http) return fail(std::move(http.error()));
    workers_.push_back(std::make_unique<Worker>(*this, index, std::move(*http)));
  }
  return {};
}

Result<void> Node::listen() {
  static const api::Router router(api::all_routes());
  net::ServerConfig server;
  server.address = config_.listen;
  const net::HandlerFactory make_handler = [this](std::size_t thread) -> net::Handler {
    flows::Context& context = workers_[thread]->context;
    return [&context](http::Request request) { return router.handle(context, std::move(request)); };
  };
  Result<std::unique_ptr<net::Server>> listening =
      net::Server::listen(*pool_, std::move(server), make_handler);
  if (!listening) return fail(std::move(listening.error()));
  server_ = std::move(*listening);
  return {};
}

namespace {
Task<void> run_then_tell(std::function<Task<void>(flows::Context&)> task, flows::Context& context,
                         std::promise<void>& done) {
  co_await task(context);
  done.set_value();
}
}  // namespace

void Node::run(std::function<Task<void>(flows::Context&)> task) {
  std::promise<void> done;
  net::spawn(pool_->executor(0), "node.run", run_then_tell(std::move(task), workers_[0]->context, done));
  done.get_future().wait();
}

void Node::drain() {
  if (stopped_) return;
  if (server_) {
    server_->drain();
    if (!server_->wait_until_drained(kDrainPatience))
      log_.write(LogLevel::warning, "drain.patience_ended",
                 {{"connections", static_cast<std::int64_t>(server_->connections())}});
  }
  if (jobs_) run([this](flows::Context&) { return jobs_->worker.stop(kJobsPatience); });
  stop();
}

void Node::stop() {
  if (stopped_ || !pool_) return;
  stopped_ = true;
  pool_->stop();
  pool_->join();
  server_.reset();
  jobs_.reset();
  workers_.clear();
  store_.reset();
}

}  // namespace payweir::app
