#include "network.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "ports/testkit.hpp"

namespace payweir::sim {
namespace asio = boost::asio;

Task<void> VirtualClock::sleep(Duration span) {
  auto initiate = [this, span](auto handler) {
    scheduler_.post_after(std::max(span, Duration{}), std::move(handler));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(initiate),
                                                                       asio::use_awaitable);
}

bool is_gateway_call(const http::Request& request) {
  return request.target.starts_with("/stripe/v1/") || request.target.starts_with("/wechatpay/v3/") ||
         (request.method == http::Method::post && request.target.starts_with("/alipay/gateway.do"));
}

namespace {

// What a request may do under which name. At most once each: what makes, and what takes back.
struct Deed {
  std::string name;  // "": it only looks
  bool is_fence = false;
};

Deed deed_at_stripe(const http::Request& request) {
  return {std::string(request.headers.get("Idempotency-Key")), request.body.contains("payweir_fence")};
}

Deed named(std::string_view content, std::string_view member, bool is_fence) {
  const auto document = json::parse(content);
  return {document ? std::string(document->root()[member].text()) : std::string(), is_fence};
}

Deed deed_at_alipay(const http::Request& request) {
  const auto has_method = [&](std::string_view method) {
    return request.target.contains("method=alipay.trade." + std::string(method) + "&");
  };
  const bool orders = has_method("precreate") || has_method("create") || has_method("pay");
  const bool refunds = has_method("refund"), cancels = has_method("cancel");
  if (!orders && !refunds && !cancels) return {};
  const auto parameters = form::decode(request.body);
  if (!parameters || parameters->empty()) return {};
  return named(parameters->front().second, refunds ? "out_request_no" : "out_trade_no", cancels);
}

Deed deed_at_wechat_pay(const http::Request& request) {
  if (request.method != http::Method::post) return {};
  constexpr std::string_view kByNumber = "/wechatpay/v3/pay/transactions/out-trade-no/";
  const std::string_view target = request.target;
  if (target.starts_with(kByNumber)) {
    const std::string_view rest = target.substr(kByNumber.size());
    return {std::string(rest.substr(0, rest.find('/'))), true};
  }
  const bool refunds = target.starts_with("/wechatpay/v3/refund/");
  return named(request.body, refunds ? "out_refund_no" : "out_trade_no", false);
}

Deed deed_of(const http::Request& request) {
  if (request.target.starts_with("/alipay/")) return deed_at_alipay(request);
  if (request.target.starts_with("/wechatpay/")) return deed_at_wechat_pay(request);
  return deed_at_stripe(request);
}

}  // namespace

void Network::count(const http::Request& request) {
  const Deed deed = deed_of(request);
  if (deed.name.empty()) return;
  if (deed.is_fence) {
    fenced_.insert(deed.name);
    return;
  }
  if (on_money_) on_money_(deed.name);
  if (fenced_.contains(deed.name)) breaches_.push_back(deed.name + " was sent behind its fence");
  if (!sent_.insert(deed.name).second) breaches_.push_back(deed.name + " was sent twice");
}

void Network::call(http::Request request, CallOptions options, Caller caller, Completion done) {
  const std::uint64_t number = ++last_number_;
  calls_.emplace(number, Open{std::move(done), caller, request.origin});
  scheduler_.note("call", number);
  if (scheduler_.trace().keeps_lines())
    scheduler_.note("  " + std::string(http::to_string(request.method)) + " " + request.origin +
                    request.target);
  scheduler_.happen_after(options.timeout, [this, number] {
    complete(number, fail(Error{Code::timeout, "", "no answer in time", Certainty::unknown}));
  });
  Duration way = latency(), back = latency();
  bool reply_comes = true;
  if (is_gateway_call(request)) {
    const auto strikes = [this](FaultKind kind) {
      const bool yes = faults_.strike(kind);
      if (yes) scheduler_.note("fault", static_cast<std::uint64_t>(kind));
      if (yes && scheduler_.trace().keeps_lines()) scheduler_.note("  " + std::string(to_string(kind)));
      return yes;
    };
    const bool is_refused = is_refused_ && is_refused_(request);
    if (strikes(FaultKind::refused) || is_refused) {
      scheduler_.happen_after(way, [this, number] {
        complete(number, fail(Error{Code::connect_failed, "", "refused", Certainty::not_sent}));
      });
      return;
    }
    count(request);
    if (const Deed deed = deed_of(request); scheduler_.trace().keeps_lines() && !deed.name.empty())
      scheduler_.note((deed.is_fence ? "  takes back " : "  makes ") + deed.name);
    if (strikes(FaultKind::request_lost)) return;
    if (strikes(FaultKind::request_late)) way = options.timeout + latency() * 100;
    if (strikes(FaultKind::reply_lost)) reply_comes = false;
    if (strikes(FaultKind::reply_late)) back = options.timeout + latency();
  }
  scheduler_.happen_after(way, [this, number, back, reply_comes, request = std::move(request)]() mutable {
    arrive(number, std::move(request), back, reply_comes);
  });
}

void Network::arrive(std::uint64_t number, http::Request request, Duration reply_delay, bool reply_comes) {
  const auto host = hosts_.find(request.origin);
  if (host == hosts_.end())
    return complete(number, fail(Error{Code::connect_failed, "", "refused", Certainty::not_sent}));
  host->second(std::move(request), [this, number, reply_delay, reply_comes](Arrival arrival) {
    scheduler_.note("answered", number << 16 | static_cast<std::uint64_t>(
                                                   arrival.response ? arrival.response->status : 0));
    if (!arrival.response || !reply_comes) return;
    scheduler_.happen_after(arrival.after + reply_delay,
                            [this, number, response = std::move(*arrival.response)]() mutable {
                              complete(number, std::move(response));
                            });
  });
}

void Network::complete(std::uint64_t number, Result<http::Response> result) {
  auto call = calls_.extract(number);
  if (call.empty()) return;  // given up, or the caller is gone
  scheduler_.note("completed", number);
  Open& open = call.mapped();
  if (open.caller == Caller::world) return open.done(std::move(result));
  scheduler_.post(
      [done = std::move(open.done), result = std::move(result)]() mutable { done(std::move(result)); });
}

void Network::forget_process() {
  std::vector<Open> gone;
  for (auto call = calls_.begin(); call != calls_.end();) {
    const auto next = std::next(call);
    if (call->second.caller == Caller::process) gone.push_back(std::move(calls_.extract(call).mapped()));
    call = next;
  }
}

void Network::reset_connections(const std::string& origin) {
  for (const auto& [number, open] : calls_)
    if (open.origin == origin)
      scheduler_.happen_after(latency(), [this, number] {
        complete(number,
                 fail(Error{Code::connection_lost, "", "the connection was lost", Certainty::unknown}));
      });
}

Task<Result<http::Response>> NetworkHttpClient::send(http::Request request, CallOptions options) {
  check(!is_inert_, "a crashed process calls somebody");
  if (options.send_by > Duration{} && clock_.suspended() > options.send_by)
    co_return fail(Error{Code::send_window_passed, "", "the time to send had passed", Certainty::not_sent});
  auto initiate = [this, options](auto handler, http::Request sent) {
    network_.call(std::move(sent), options, Network::Caller::process, std::move(handler));
  };
  Result<http::Response> answer =
      co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<http::Response>)>(
          std::move(initiate), asio::use_awaitable, std::move(request));
  co_return answer;
}

void TracedLog::write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) {
  check(!is_inert_, "a crashed process writes a log");
  scheduler_.note("log " + payweir::testkit::log_line(event, fields));
}

}  // namespace payweir::sim
