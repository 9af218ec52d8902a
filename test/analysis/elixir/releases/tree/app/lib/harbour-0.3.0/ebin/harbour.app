{application,harbour,
             [{applications,[kernel,stdlib,elixir,logger,rope]},
              {description,"harbour"},
              {modules,[]},
              {registered,[]},
              {vsn,"0.3.0"}]}.
