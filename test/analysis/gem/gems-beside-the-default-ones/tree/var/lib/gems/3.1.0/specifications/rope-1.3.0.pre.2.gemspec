# -*- encoding: utf-8 -*-
# stub: rope 1.3.0.pre.2 ruby lib

Gem::Specification.new do |s|
  s.name = "rope".freeze
  s.version = "1.3.0.pre.2"

  s.required_rubygems_version = Gem::Requirement.new("> 1.3.1".freeze) if s.respond_to? :required_rubygems_version=
  s.require_paths = ["lib".freeze]
  s.authors = ["Al".freeze]
  s.date = "2026-11-22"
  s.email = "al@example.org".freeze
  s.licenses = ["Apache 2.0".freeze]
  s.rubygems_version = "3.3.15".freeze
  s.summary = "A fixture".freeze

  s.installed_by_version = "3.3.15" if s.respond_to? :installed_by_version
end
