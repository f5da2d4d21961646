#include "node.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

#include "api/routes.hpp"
#include "base/check.hpp"
#include "flows/review.hpp"
#include "jobs/all.hpp"
#include "store/queries/start_queries.hpp"

namespace payweir::sim {

const api::Router& router() {
  static const api::Router made(api::all_routes());
  return made;
}

class Node::TappedStore final : public store::Store {
 public:
  // `real` is null when the disk let no store be opened: such a process serves nobody.
  TappedStore(store::sqlite::SqliteStore* real, CommitTap& tap) : real_(real), tap_(tap) {}
  Task<store::CommitAnswer> commit(store::ChangeSet changes) override {
    tap_.on_submit(changes);
    store::CommitAnswer answer = co_await real_->commit(std::move(changes));
    tap_.on_answer(answer);
    co_return answer;
  }
  Task<Result<std::vector<store::ResultRow>>> select(const store::Query& query,
                                                     std::vector<store::Value> parameters,
                                                     std::size_t rows_max) override {
    return real_->select(query, std::move(parameters), rows_max);
  }
  Task<Result<std::int64_t>> find_claim_key(std::string digest) override {
    return real_->find_claim_key(std::move(digest));
  }
  [[nodiscard]] Statistics statistics() const override { return real_->statistics(); }

 private:
  store::sqlite::SqliteStore* real_;
  CommitTap& tap_;
};

std::unique_ptr<store::sqlite::SqliteStore> Node::open_store() {
  store::sqlite::SqliteOptions options;
  options.directory = "data";
  options.vfs = machine_.disk.name();
  options.drive = store::sqlite::Drive::manual;
  options.claim_chunk_size = machine_.claim_chunk_size;
  options.on_fatal = [this](std::string_view why) {
    machine_.scheduler.note("fatal " + std::string(why));
    wants_to_die_ = true;
  };
  auto store = store::sqlite::SqliteStore::open(std::move(options));
  if (!store) machine_.scheduler.note("the store does not open: " + store.error().detail);
  return store ? std::move(*store) : nullptr;
}

Node::Node(Machine& machine, CommitTap& tap)
    : machine_(machine),
      tap_(tap),
      traffic_(machine.settings),
      worker_(machine.clock, log_, [this](std::string_view, Task<void> task) { spawn(std::move(task)); }),
      http_(machine.network, machine.clock),
      log_(machine.scheduler),
      store_(open_store()),
      tapped_(std::make_unique<TappedStore>(store_.get(), tap)),
      directory_(*tapped_, machine.keys, epoch_),
      rate_limiter_(machine.settings),
      rendering_(machine.settings.public_url),
      context_{machine.settings, machine.clock, machine.random, http_,         machine.keys,
               cards_,           log_,          *tapped_,       directory_,    telemetry_,
               review_,          sequence_,     rendering_,     rate_limiter_, offload_,
               artefacts_,       traffic_} {
  if (!store_) {
    wants_to_die_ = true;
    return;
  }
  machine.scheduler.set_device([this] { return store_->statistics().queue_depth > 0; },
                               [this] {
                                 const std::size_t size = store_->run_batch();
                                 machine_.scheduler.note("batch", size);
                                 tap_.on_batch();
                               });
}

// A crash: the ports go inert, then the coroutines vanish, then those that waited for the disk.
Node::~Node() {
  http_.go_inert();
  log_.go_inert();
  machine_.network.forget_process();
  machine_.disk.detach();
  machine_.scheduler.drop_process();
  tapped_.reset();
  store_.reset();
  machine_.scheduler.drop_process();
}

void Node::start() {
  if (store_) spawn(boot());
}

Task<void> Node::boot() {
  const Result<std::int64_t> largest = co_await store::find_largest_key(*store_);
  if (!largest) {
    wants_to_die_ = true;
    co_return;
  }
  sequence_.resume_after(*largest);
  machine_.settings.last_key_of_earlier_life = *largest;
  const Result<flows::Life> life =
      co_await flows::begin_life(*tapped_, machine_.identity, false, machine_.clock.wall());
  if (!life) {
    wants_to_die_ = true;
    co_return;
  }
  if (life->is_under_review) review_.begin();
  const Result<void> loaded =
      co_await flows::load_gateway_statistics(*tapped_, traffic_.statistics, machine_.clock.wall());
  if (!loaded) {
    wants_to_die_ = true;
    co_return;
  }
  is_up_ = true;
  for (std::unique_ptr<jobs::Job>& job : jobs::all_jobs(context_))
    worker_.add(std::move(job));
  worker_.start();
}

void Node::begin_drain() {
  is_draining_ = true;
  spawn(stop_jobs());
}

Task<void> Node::stop_jobs() {
  co_await worker_.stop(seconds(3));
  jobs_stopped_ = true;
}

void Node::serve(http::Request request, Reply reply) {
  ++requests_in_flight_;
  spawn(answer(std::move(request), std::move(reply)));
}

Task<void> Node::answer(http::Request request, Reply reply) {
  http::Response response = co_await router().handle(context_, std::move(request));
  --requests_in_flight_;
  reply(Arrival{std::move(response), {}});
}

void Node::spawn(Task<void> task) {
  boost::asio::co_spawn(machine_.scheduler.executor(), std::move(task), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

}  // namespace payweir::sim
