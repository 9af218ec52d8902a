{application,rope,
             [{applications,[kernel,stdlib,elixir,logger,crypto]},
              {description,"rope"},
              {modules,[]},
              {registered,[]},
              {vsn,"1.4.0-rc.1"}]}.
