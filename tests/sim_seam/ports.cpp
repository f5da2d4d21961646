#include "ports.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

#include "base/check.hpp"
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

Fate Network::draw_fate() {
  if (scheduler_.draw(100) >= trouble_percent_) return Fate::good;
  static constexpr Fate kTroubles[] = {Fate::request_lost, Fate::reply_lost, Fate::late};
  return kTroubles[scheduler_.draw(std::size(kTroubles))];
}

std::uint64_t Network::call(http::Request request, CallOptions options, Completion done) {
  const std::uint64_t number = ++last_number_;
  calls_.emplace(number, std::move(done));
  const Fate fate = draw_fate();
  scheduler_.note("call " + std::to_string(number) + " " + std::string(http::to_string(request.method)) +
                  " " + request.origin + request.target + " fate " + std::to_string(static_cast<int>(fate)));
  const Duration way = fate == Fate::late ? options.timeout + latency() : latency();
  if (fate != Fate::request_lost) {
    const bool is_answered = fate == Fate::good;
    scheduler_.happen_after(way, [this, number, is_answered, request = std::move(request)]() mutable {
      arrive(number, std::move(request), is_answered);
    });
  }
  scheduler_.happen_after(options.timeout, [this, number] {
    complete(number, fail(Error{Code::timeout, "", "no answer in time", Certainty::unknown}));
  });
  return number;
}

void Network::arrive(std::uint64_t number, http::Request request, bool is_answered) {
  const auto host = hosts_.find(request.origin);
  if (host == hosts_.end())
    return complete(number, fail(Error{Code::connect_failed, "", "refused", Certainty::not_sent}));
  Arrival arrival = host->second(std::move(request));
  scheduler_.note("arrived " + std::to_string(number) + " status " +
                  std::to_string(arrival.response ? arrival.response->status : 0));
  if (!arrival.response || !is_answered) return;
  scheduler_.happen_after(arrival.after + latency(),
                          [this, number, response = std::move(*arrival.response)]() mutable {
                            complete(number, std::move(response));
                          });
}

void Network::complete(std::uint64_t number, Result<http::Response> result) {
  auto call = calls_.extract(number);
  if (call.empty()) return;  // given up, or the caller is gone
  scheduler_.note("completed " + std::to_string(number));
  scheduler_.post(
      [done = std::move(call.mapped()), result = std::move(result)]() mutable { done(std::move(result)); });
}

void Network::forget_calls() {
  const auto gone = std::exchange(calls_, {});
}

Task<Result<http::Response>> NetworkHttpClient::send(http::Request request, CallOptions options) {
  check(!is_inert_, "a crashed process calls somebody");
  if (options.send_by > Duration{} && clock_.suspended() > options.send_by)
    co_return fail(Code::timeout, "", "the time to send had passed");
  auto initiate = [this, options](auto handler, http::Request sent) {
    network_.call(std::move(sent), options, std::move(handler));
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
