#include "net/system_ports.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/crypto.h>
#include <sys/random.h>
#include <time.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/check.hpp"

namespace payweir::net {
namespace {
namespace asio = boost::asio;

std::int64_t read_us(clockid_t clock) {
  timespec now{};
  check(::clock_gettime(clock, &now) == 0, "clock_gettime");
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
}

void draw_from_kernel(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t drawn = ::getrandom(out.data(), out.size(), 0);
    check(drawn > 0 || errno == EINTR, "getrandom");
    if (drawn > 0) out = out.subspan(static_cast<std::size_t>(drawn));
  }
}

}  // namespace

Instant SystemClock::wall() const {
  return {read_us(CLOCK_REALTIME) / 1'000};
}
Duration SystemClock::suspended() const {
  return {read_us(CLOCK_BOOTTIME) / 1'000};
}
std::int64_t SystemClock::suspended_us() const {
  return read_us(CLOCK_BOOTTIME);
}

Task<void> SystemClock::sleep(Duration span) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, std::chrono::milliseconds(span.ms));
  // Cancelled or due, the sleep is over: both end without an exception.
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

SystemRandom::~SystemRandom() {
  OPENSSL_cleanse(stock_.data(), stock_.size());
}

void SystemRandom::fill(RandomPurpose, std::span<std::uint8_t> out) {
  if (out.size() > stock_.size()) return draw_from_kernel(out);
  if (out.size() > stock_.size() - used_) {
    draw_from_kernel(stock_);
    used_ = 0;
  }
  std::memcpy(out.data(), stock_.data() + used_, out.size());
  OPENSSL_cleanse(stock_.data() + used_, out.size());
  used_ += out.size();
}

}  // namespace payweir::net
