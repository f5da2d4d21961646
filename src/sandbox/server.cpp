#include "sandbox/server.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.hpp"
#include "net/broken_delivery.hpp"
#include "net/client.hpp"
#include "net/spawn.hpp"
#include "sandbox/alipay/alipay_model.hpp"
#include "sandbox/index_page.hpp"
#include "sandbox/stripe/stripe_model.hpp"
#include "sandbox/wechatpay/wechatpay_model.hpp"

namespace payweir::sandbox {
namespace {

// How late what comes due by itself may be.
constexpr Duration kTick = milliseconds(20);

http::Response plain_answer(int status, std::string body) {
  http::Response response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.set("Content-Type", "application/json");
  return response;
}

http::Response no_such_path() {
  return plain_answer(
      404, R"({"error":{"message":"The sandbox serves nothing here; GET / lists what there is."}})");
}

// Takes "/word" off the front of the target; false when it does not begin with it.
bool take_prefix(std::string& target, std::string_view word) {
  const std::string_view path = http::path_of(target);
  if (!path.starts_with('/') || !path.substr(1).starts_with(word)) return false;
  const std::string_view rest = path.substr(1 + word.size());
  if (!rest.empty() && rest.front() != '/') return false;
  target.erase(0, 1 + word.size());
  if (!target.starts_with('/')) target.insert(0, 1, '/');
  return true;
}

std::optional<net::BrokenDelivery::Kind> how_it_breaks(const Reaction& reaction) {
  using Kind = net::BrokenDelivery::Kind;
  if (!reaction.response) return Kind::silent;
  switch (reaction.wire) {
    case Wire::whole: return std::nullopt;
    case Wire::truncated: return Kind::truncated;
    case Wire::dribble: return Kind::dribble;
    case Wire::closed: return Kind::closed;
  }
  return std::nullopt;
}

}  // namespace

GatewayModels make_gateway_models(Random& random) {
  GatewayModels models;
  models.push_back(std::make_unique<stripe::StripeModel>(random.bytes(RandomPurpose::secret, 32)));
  models.push_back(std::make_unique<alipay::AlipayModel>());
  models.push_back(std::make_unique<wechatpay::WechatPayModel>());
  return models;
}

// Everything here runs on the one io thread.
struct SandboxServer::Desk {
  Desk(Clock& given_clock, Random& random, GatewayModels given_models)
      : clock(given_clock), draws(random.bits(RandomPurpose::secret)), models(std::move(given_models)) {}

  Task<http::Response> answer(http::Request request);
  Task<http::Response> carry_out(Reaction reaction);
  Task<void> deliver(Callback callback);
  Task<void> watch_the_time();
  void send_all(std::vector<Callback> callbacks);
  void reset_all();

  Clock& clock;
  Draws draws;
  GatewayModels models;
  std::unique_ptr<net::HttpClientPool> client;
  boost::asio::any_io_executor executor;
  std::size_t callbacks_under_way = 0;
};

Result<std::unique_ptr<SandboxServer>> SandboxServer::listen(net::IoPool& pool, Clock& clock, Random& random,
                                                             GatewayModels models, SandboxConfig config) {
  check(pool.size() == 1, "a sandbox runs on one io thread");
  std::unique_ptr<SandboxServer> sandbox(new SandboxServer);
  sandbox->desk_ = std::make_unique<Desk>(clock, random, std::move(models));
  Desk& desk = *sandbox->desk_;
  desk.executor = pool.executor(0);
  auto client = net::HttpClientPool::create(desk.executor, clock, {});
  if (!client) return std::unexpected(client.error());
  desk.client = *std::move(client);
  const auto make_handler = [&desk](std::size_t) -> net::Handler {
    return [&desk](http::Request request) { return desk.answer(std::move(request)); };
  };
  auto server = net::Server::listen(pool, {.address = config.address}, make_handler);
  if (!server) return std::unexpected(server.error());
  sandbox->server_ = *std::move(server);
  std::string url = std::move(config.public_url);
  if (url.empty()) url = "http://127.0.0.1:" + std::to_string(sandbox->port());
  for (const auto& model : desk.models)
    model->set_public_url(url + "/" + std::string(model->name()));
  net::spawn(desk.executor, "sandbox time", desk.watch_the_time());
  return sandbox;
}

SandboxServer::~SandboxServer() = default;
std::uint16_t SandboxServer::port() const {
  return server_->port();
}
void SandboxServer::drain() {
  server_->drain();
}
bool SandboxServer::wait_until_drained(Duration patience) const {
  return server_->wait_until_drained(patience);
}

Task<http::Response> SandboxServer::Desk::answer(http::Request request) {
  const std::string_view path = http::path_of(request.target);
  if (path == "/health") co_return plain_answer(200, R"({"status":"ok"})");
  if (path == "/") {
    std::vector<std::string> names;
    for (const auto& model : models)
      names.emplace_back(model->name());
    co_return render_index(names);
  }
  if (path == "/control/reset" && request.method == http::Method::post) {
    reset_all();
    co_return plain_answer(200, "{}");
  }
  const bool is_control = take_prefix(request.target, "control");
  const auto model = std::ranges::find_if(
      models, [&](const auto& each) { return take_prefix(request.target, each->name()); });
  if (model == models.end()) co_return no_such_path();
  const Instant now = clock.wall();
  Reaction reaction =
      is_control ? (*model)->control(request, now, draws) : (*model)->handle(request, now, draws);
  http::Response response = co_await carry_out(std::move(reaction));
  co_return response;
}

Task<http::Response> SandboxServer::Desk::carry_out(Reaction reaction) {
  send_all(std::exchange(reaction.callbacks, {}));
  if (reaction.delay > Duration{}) co_await clock.sleep(reaction.delay);
  if (const auto kind = how_it_breaks(reaction))
    throw net::BrokenDelivery{*kind, std::move(reaction.response).value_or(http::Response{})};
  co_return *std::move(reaction.response);
}

void SandboxServer::Desk::send_all(std::vector<Callback> callbacks) {
  for (Callback& callback : callbacks) {
    if (callbacks_under_way >= kCallbacksMax) return;
    ++callbacks_under_way;
    net::spawn(executor, "sandbox callback", deliver(std::move(callback)));
  }
}

Task<void> SandboxServer::Desk::deliver(Callback callback) {
  co_await clock.sleep(callback.after);
  for (std::size_t attempt = 0;; ++attempt) {
    http::Request request = callback.request;
    const auto answer = co_await client->send(std::move(request), {.timeout = callback.timeout});
    const bool taken = answer && callback.is_acknowledged_by(*answer);
    if (taken || attempt == callback.retries.size()) break;
    co_await clock.sleep(callback.retries[attempt]);
    if (callback.sign_again) callback.sign_again(callback.request, clock.wall());
  }
  --callbacks_under_way;
}

Task<void> SandboxServer::Desk::watch_the_time() {
  for (;;) {
    co_await clock.sleep(kTick);
    const Instant now = clock.wall();
    for (const auto& model : models)
      if (const auto due = model->next_due(); due && *due <= now) send_all(model->advance(now, draws));
  }
}

void SandboxServer::Desk::reset_all() {
  for (const auto& model : models)
    model->reset();
}

}  // namespace payweir::sandbox
