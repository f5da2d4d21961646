#include "connectors/wire/zip_stream.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace payweir::wire {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kDescriptor = 0x08074b50;
constexpr std::uint32_t kDirectoryHeader = 0x02014b50;
constexpr std::uint32_t kZip64End = 0x06064b50;
constexpr std::uint32_t kZip64Locator = 0x07064b50;
constexpr std::uint32_t kEnd = 0x06054b50;

// Without the signature in front.
constexpr std::size_t kLocalHeaderSize = 26;
constexpr std::size_t kDirectoryHeaderSize = 42;
constexpr std::size_t kZip64LocatorSize = 16;
constexpr std::size_t kEndSize = 18;
constexpr std::size_t kSignatureSize = 4;

constexpr unsigned kFlagEncrypted = 1u << 0;
constexpr unsigned kFlagDescriptor = 1u << 3;
constexpr unsigned kFlagUtf8 = 1u << 11;
constexpr unsigned kStored = 0;
constexpr unsigned kDeflated = 8;
constexpr unsigned kZip64Extra = 1;
constexpr std::uint64_t kIn64Bits = 0xffffffff;  // a size that stands elsewhere

std::uint64_t number_at(std::string_view record, std::size_t at, std::size_t width) {
  std::uint64_t number = 0;
  for (std::size_t i = width; i-- > 0;)
    number = number << 8 | static_cast<unsigned char>(record[at + i]);
  return number;
}
unsigned u16(std::string_view record, std::size_t at) {
  return static_cast<unsigned>(number_at(record, at, 2));
}
std::uint32_t u32(std::string_view record, std::size_t at) {
  return static_cast<std::uint32_t>(number_at(record, at, 4));
}

std::unexpected<Error> malformed(const char* why) {
  return fail(Code::statement_malformed, "", why);
}

}  // namespace

ZipStream::ZipStream(ZipVisitor& visitor, std::uint64_t unpacked_max)
    : visitor_(visitor), unpacked_max_(unpacked_max) {}

void ZipStream::expect(State state, std::size_t size) {
  state_ = state;
  record_.clear();
  record_size_ = size;
}

void ZipStream::skip(std::uint64_t size, State then) {
  after_skip_ = then;
  skip_left_ = size;
  if (size > 0)
    state_ = State::skipped;
  else
    expect(then, kSignatureSize);
}

Result<void> ZipStream::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    Result<std::size_t> taken = 0;
    switch (state_) {
      case State::done: return malformed("there is more behind the end of the ZIP file");
      case State::stored_data: taken = take_stored(bytes); break;
      case State::deflated_data: taken = take_deflated(bytes); break;
      case State::skipped: {
        taken = static_cast<std::size_t>(std::min<std::uint64_t>(skip_left_, bytes.size()));
        skip_left_ -= *taken;
        if (skip_left_ == 0) expect(after_skip_, kSignatureSize);
        break;
      }
      default: {
        taken = std::min(record_size_ - record_.size(), bytes.size());
        record_.append(bytes.substr(0, *taken));
        if (record_.size() == record_size_)
          if (auto read = read_record(); !read) return read;
      }
    }
    if (!taken) return std::unexpected(std::move(taken.error()));
    bytes.remove_prefix(*taken);
  }
  return {};
}

Result<void> ZipStream::finish() const {
  if (state_ != State::done) return fail(Code::statement_truncated, "", "the ZIP file is cut off");
  return {};
}

Result<void> ZipStream::read_record() {
  switch (state_) {
    case State::signature: return read_signature();
    case State::local_header: return read_local_header();
    case State::local_name: return read_local_name();
    case State::descriptor_start: {
      // The signature is optional (4.3.9.3); without it, these are the checksum's bytes.
      const std::string begun = u32(record_, 0) == kDescriptor ? "" : record_;
      expect_descriptor(begun);
      return {};
    }
    case State::descriptor: return read_descriptor();
    case State::directory_header:
      skip(std::uint64_t{u16(record_, 24)} + u16(record_, 26) + u16(record_, 28), State::signature);
      return {};
    case State::zip64_end: skip(number_at(record_, 0, 8), State::signature); return {};
    case State::end_header: skip(u16(record_, 16), State::done); return {};
    default: return malformed("not a ZIP file");
  }
}

Result<void> ZipStream::read_signature() {
  switch (u32(record_, 0)) {
    case kLocalHeader:
      if (++entries_ > kEntriesMax)
        return fail(Code::statement_too_large, "", "the ZIP file has more than 64 entries");
      expect(State::local_header, kLocalHeaderSize);
      return {};
    case kDirectoryHeader: expect(State::directory_header, kDirectoryHeaderSize); return {};
    case kZip64End: expect(State::zip64_end, 8); return {};
    case kZip64Locator: skip(kZip64LocatorSize, State::signature); return {};
    case kEnd: expect(State::end_header, kEndSize); return {};
    default: return malformed("not a ZIP file, or a damaged one");
  }
}

Result<void> ZipStream::read_local_header() {
  const unsigned flags = u16(record_, 2);
  const unsigned method = u16(record_, 4);
  if ((flags & kFlagEncrypted) != 0) return malformed("the ZIP file is encrypted");
  if (method != kStored && method != kDeflated)
    return malformed("the ZIP file is compressed in an unknown way");
  entry_ = Entry{};
  entry_.has_descriptor = (flags & kFlagDescriptor) != 0;
  entry_.name_is_utf8 = (flags & kFlagUtf8) != 0;
  entry_.is_deflated = method == kDeflated;
  if (entry_.has_descriptor && !entry_.is_deflated)
    return malformed("an entry of the ZIP file does not tell where it ends");
  entry_.crc = u32(record_, 10);
  entry_.packed_size = u32(record_, 14);
  entry_.unpacked_size = u32(record_, 18);
  entry_.name_size = u16(record_, 22);
  const std::size_t size = entry_.name_size + u16(record_, 24);
  if (entry_.name_size == 0) return malformed("an entry of the ZIP file has no name");
  expect(State::local_name, size);
  return {};
}

// The name, and behind it the extra fields.
Result<void> ZipStream::read_local_name() {
  const std::string_view record = record_;
  std::string_view extra = record.substr(entry_.name_size);
  while (extra.size() >= 4) {
    const unsigned id = u16(extra, 0);
    const std::size_t size = u16(extra, 2);
    extra.remove_prefix(4);
    if (size > extra.size()) return malformed("an entry of the ZIP file has a damaged header");
    if (id == kZip64Extra) {
      entry_.is_zip64 = true;
      std::string_view sizes = extra.substr(0, size);
      for (std::uint64_t* number : {&entry_.unpacked_size, &entry_.packed_size}) {
        if (*number != kIn64Bits) continue;
        if (sizes.size() < 8) return malformed("an entry of the ZIP file has a damaged header");
        *number = number_at(sizes, 0, 8);
        sizes.remove_prefix(8);
      }
    }
    extra.remove_prefix(size);
  }
  if (auto begun = visitor_.begin_entry(record.substr(0, entry_.name_size), entry_.name_is_utf8); !begun)
    return begun;
  if (entry_.is_deflated) {
    inflate_.emplace(InflateStream::Wrapper::none, unpacked_max_ - unpacked_);
    state_ = State::deflated_data;
    return {};
  }
  if (entry_.packed_size != entry_.unpacked_size)
    return malformed("a stored entry of the ZIP file has two sizes");
  state_ = State::stored_data;
  return entry_.packed_size == 0 ? end_data() : Result<void>{};
}

Result<void> ZipStream::hand_on(std::string_view bytes) {
  entry_.crc_read = static_cast<std::uint32_t>(
      crc32_z(entry_.crc_read, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  entry_.unpacked_read += bytes.size();
  return visitor_.entry_bytes(bytes);
}

Result<std::size_t> ZipStream::take_stored(std::string_view bytes) {
  const std::uint64_t left = entry_.packed_size - entry_.packed_read;
  const std::uint64_t room = unpacked_max_ - unpacked_ - entry_.unpacked_read;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>({left, room, bytes.size()}));
  const std::string_view mine = bytes.substr(0, size);
  entry_.packed_read += size;
  if (auto taken = hand_on(mine); !taken) return std::unexpected(std::move(taken.error()));
  if (size < std::min<std::uint64_t>(left, bytes.size()))
    return fail(Code::statement_too_large, "",
                "it holds more than " + std::to_string(unpacked_max_) + " bytes");
  if (entry_.packed_read == entry_.packed_size)
    if (auto ended = end_data(); !ended) return std::unexpected(std::move(ended.error()));
  return mine.size();
}

Result<std::size_t> ZipStream::take_deflated(std::string_view bytes) {
  const std::uint64_t left = entry_.has_descriptor ? std::numeric_limits<std::uint64_t>::max()
                                                   : entry_.packed_size - entry_.packed_read;
  const std::string_view mine =
      bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
  const auto taken = inflate_->feed(mine, [this](std::string_view piece) { return hand_on(piece); });
  if (!taken) return taken;
  entry_.packed_read += *taken;
  if (inflate_->ended()) {
    if (auto ended = end_data(); !ended) return std::unexpected(std::move(ended.error()));
  } else if (!entry_.has_descriptor && entry_.packed_read == entry_.packed_size) {
    return malformed("an entry of the ZIP file goes on behind its end");
  }
  return taken;
}

Result<void> ZipStream::end_data() {
  inflate_.reset();
  if (!entry_.has_descriptor) return close_entry(entry_.crc, entry_.packed_size, entry_.unpacked_size);
  expect(State::descriptor_start, kSignatureSize);
  return {};
}

void ZipStream::expect_descriptor(std::string_view begun) {
  // Writers that stream use 64 bits where the header announced them, or where 32 do not suffice.
  const bool wide = entry_.is_zip64 || entry_.packed_read > kIn64Bits || entry_.unpacked_read > kIn64Bits;
  expect(State::descriptor, wide ? 20 : 12);
  record_ = begun;
}

Result<void> ZipStream::read_descriptor() {
  const std::size_t width = (record_.size() - 4) / 2;
  return close_entry(u32(record_, 0), number_at(record_, 4, width), number_at(record_, 4 + width, width));
}

Result<void> ZipStream::close_entry(std::uint32_t crc, std::uint64_t packed, std::uint64_t unpacked) {
  if (packed != entry_.packed_read || unpacked != entry_.unpacked_read || crc != entry_.crc_read)
    return malformed("an entry of the ZIP file is not what its checksum says");
  unpacked_ += entry_.unpacked_read;
  expect(State::signature, kSignatureSize);
  return visitor_.end_entry();
}

}  // namespace payweir::wire
