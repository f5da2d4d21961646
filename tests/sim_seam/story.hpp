#pragma once
// A story: one payment of one merchant, from the request to the last webhook, with a crash of the switch in
// the middle. The same seed tells the same story, to the byte.
#include <cstdint>
#include <string>
#include <vector>

namespace payweir::sim {

struct StoryOptions {
  std::uint64_t seed = 1;
  std::uint64_t crash_at_step = 0;    // 0: no crash
  std::uint64_t trouble_percent = 0;  // of calls that the network loses or delays
  int callback_copies = 1;            // how often the gateway sends each of its callbacks
};

struct StoryEnd {
  std::string trace_hash;
  std::vector<std::string> trace;
  std::uint64_t steps = 0;
  std::uint64_t acknowledged_at_step = 0;  // the first callback; 0: none was
  std::string status;                      // of the payment, as the client was told last
  std::int64_t charges = 0;                // in the gateway's books
  std::int64_t charged_minor = 0;          // likewise
  std::int64_t captured_minor = 0;         // in the payment
  std::int64_t postings = 0;               // of the payment
  std::int64_t operations_open = 0;
  std::int64_t inbox_done = 0;
  std::int64_t inbox_waiting = 0;
  std::vector<std::string> events;  // that the merchant's endpoint took, each once, by webhook-id
  std::int64_t sequence = 0;        // the payment's last event
  std::string payment_state;
};

[[nodiscard]] StoryEnd tell(StoryOptions options);

}  // namespace payweir::sim
