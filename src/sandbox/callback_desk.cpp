#include "sandbox/callback_desk.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace payweir::sandbox {
namespace {

// A model's own clock has milliseconds; callbacks leave this long behind the answer unless told otherwise.
constexpr Duration kBehindAnswer = milliseconds(5);
constexpr Duration kEarlyByDefault = milliseconds(200);
constexpr std::int64_t kCopiesMax = 100;

constexpr std::array kModeNames = std::to_array<std::pair<CallbackMode, std::string_view>>({
    {CallbackMode::normal, "normal"},
    {CallbackMode::duplicate, "duplicate"},
    {CallbackMode::reorder, "reorder"},
    {CallbackMode::hold, "hold"},
    {CallbackMode::drop, "drop"},
    {CallbackMode::early, "early"},
});

Callback made(const CallbackDesk::Make& make, Instant now, Duration after) {
  Callback callback = make(now + after);
  callback.after = after;
  return callback;
}

}  // namespace

std::vector<Callback> CallbackDesk::dispatch(Instant now, Duration answer_delay, Draws& draws) {
  std::vector<Callback> callbacks;
  std::vector<Make> outgoing = std::exchange(outgoing_, {});
  const Duration behind = answer_delay + kBehindAnswer + behaviour_.delay;
  switch (behaviour_.mode) {
    case CallbackMode::normal:
      for (const Make& make : outgoing)
        callbacks.push_back(made(make, now, behind));
      break;
    case CallbackMode::duplicate:
      for (const Make& make : outgoing)
        for (std::int64_t copy = 0; copy < behaviour_.copies; ++copy)
          callbacks.push_back(made(make, now, behind));
      break;
    case CallbackMode::reorder:
      for (const Make& make : outgoing) {
        const auto spread = static_cast<std::uint64_t>(behaviour_.delay.ms) + 1;
        callbacks.push_back(made(make, now, milliseconds(static_cast<std::int64_t>(draws.below(spread)))));
      }
      std::ranges::reverse(callbacks);
      break;
    case CallbackMode::early:
      for (const Make& make : outgoing)
        callbacks.push_back(made(make, now, {}));
      break;
    case CallbackMode::hold:
      for (Make& make : outgoing) {
        if (held_.size() < kHeldMax) {
          held_.push_back(std::move(make));
        } else {
          ++dropped_;
        }
      }
      break;
    case CallbackMode::drop: dropped_ += static_cast<std::int64_t>(outgoing.size()); break;
  }
  return callbacks;
}

Duration CallbackDesk::head_start() const {
  if (behaviour_.mode != CallbackMode::early || outgoing_.empty()) return {};
  return behaviour_.delay > Duration{} ? behaviour_.delay : kEarlyByDefault;
}

std::vector<Callback> CallbackDesk::release(Instant now) {
  std::vector<Callback> callbacks;
  for (const Make& make : std::exchange(held_, {}))
    callbacks.push_back(made(make, now, {}));
  return callbacks;
}

Result<CallbackBehaviour> read_callback_behaviour(json::Value value) {
  const auto mode =
      std::ranges::find(kModeNames, value["mode"].text(), [](const auto& row) { return row.second; });
  if (mode == kModeNames.end()) return fail(Code::invalid_value, "mode", "no such mode");
  CallbackBehaviour behaviour{.mode = mode->first};
  if (!value["copies"].empty()) behaviour.copies = value["copies"].integer();
  if (behaviour.copies < 1 || behaviour.copies > kCopiesMax)
    return fail(Code::invalid_value, "copies", "an integer from 1 to 100");
  behaviour.delay = milliseconds(value["delay_ms"].integer());
  if (behaviour.delay < Duration{}) return fail(Code::invalid_value, "delay_ms", "not below 0");
  return behaviour;
}

std::string_view to_string(CallbackMode mode) {
  return std::ranges::find(kModeNames, mode, [](const auto& row) { return row.first; })->second;
}

void address_to(http::Request& request, std::string_view url) {
  const std::size_t path = url.find('/', url.find("://") + 3);
  request.origin = url.substr(0, path);
  request.target = path == std::string_view::npos ? "/" : url.substr(path);
}

bool is_web_address(std::string_view url) {
  const bool has_control = std::ranges::any_of(url, [](char c) { return c > '\0' ? c <= ' ' : c == '\0'; });
  for (const std::string_view scheme : {"http://", "https://"})
    if (url.starts_with(scheme) && url.size() > scheme.size() && url[scheme.size()] != '/')
      return !has_control;
  return false;
}

}  // namespace payweir::sandbox
