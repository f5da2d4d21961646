#pragma once
// A ZIP file read from its first byte to its last, without going back: entries come as their local headers
// tell, and the central directory is only passed over, to know that the file is whole. Entries may be stored
// or deflated, of 4 GiB and more, with their sizes before or behind the data.
//
// Format: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "connectors/wire/inflate_stream.hpp"

namespace payweir::wire {

class ZipVisitor {
 public:
  virtual ~ZipVisitor() = default;
  // The name's bytes as they stand; in UTF-8 when the entry says so, in the writer's own code page otherwise.
  [[nodiscard]] virtual Result<void> begin_entry(std::string_view name, bool name_is_utf8) = 0;
  [[nodiscard]] virtual Result<void> entry_bytes(std::string_view bytes) = 0;
  [[nodiscard]] virtual Result<void> end_entry() = 0;
};

class ZipStream {
 public:
  static constexpr int kEntriesMax = 64;

  // The visitor outlives it. `unpacked_max` is for all entries together.
  ZipStream(ZipVisitor& visitor, std::uint64_t unpacked_max);

  // Errors: statement_malformed, statement_too_large, and what the visitor returns.
  [[nodiscard]] Result<void> feed(std::string_view bytes);
  // Error: statement_truncated.
  [[nodiscard]] Result<void> finish() const;
  [[nodiscard]] std::uint64_t bytes_unpacked() const { return unpacked_; }

 private:
  enum class State : std::uint8_t {
    signature,
    local_header,
    local_name,
    stored_data,
    deflated_data,
    descriptor_start,
    descriptor,
    directory_header,
    zip64_end,
    end_header,
    skipped,
    done,
  };

  // Collects `size` bytes into record_ and then reads them as `state` says.
  void expect(State state, std::size_t size);
  void skip(std::uint64_t size, State then);
  [[nodiscard]] Result<void> read_record();
  [[nodiscard]] Result<void> read_signature();
  [[nodiscard]] Result<void> read_local_header();
  [[nodiscard]] Result<void> read_local_name();
  void expect_descriptor(std::string_view begun);
  [[nodiscard]] Result<void> read_descriptor();
  [[nodiscard]] Result<std::size_t> take_stored(std::string_view bytes);
  [[nodiscard]] Result<std::size_t> take_deflated(std::string_view bytes);
  [[nodiscard]] Result<void> hand_on(std::string_view bytes);
  [[nodiscard]] Result<void> end_data();
  [[nodiscard]] Result<void> close_entry(std::uint32_t crc, std::uint64_t packed, std::uint64_t unpacked);

  ZipVisitor& visitor_;
  std::uint64_t unpacked_max_;
  std::uint64_t unpacked_ = 0;
  State state_ = State::signature;
  State after_skip_ = State::signature;
  std::string record_;
  std::size_t record_size_ = 4;
  std::uint64_t skip_left_ = 0;
  int entries_ = 0;

  struct Entry {
    bool has_descriptor = false;
    bool name_is_utf8 = false;
    bool is_zip64 = false;
    bool is_deflated = false;
    std::size_t name_size = 0;
    std::uint32_t crc = 0;  // as the header says
    std::uint64_t packed_size = 0, unpacked_size = 0;
    std::uint32_t crc_read = 0;
    std::uint64_t packed_read = 0, unpacked_read = 0;
  };
  Entry entry_;
  std::optional<InflateStream> inflate_;
};

}  // namespace payweir::wire
